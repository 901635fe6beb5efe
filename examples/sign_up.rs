//! A sign-up form: one handler that creates a contact, or changes the one that is there, whoever else does the same.
//!
//! `cargo run --example sign_up` posts to it three times, on a sandbox.

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use benchmark_email::{Client, Error, ErrorKind, Structure, contacts::Upserted};
use benchmark_email_sandbox::Sandbox;
use serde::Deserialize;

#[derive(Clone, Debug)]
struct App {
    client: Client,
    structure: Structure,
}

#[derive(Deserialize)]
struct Form {
    email: String,
    first_name: String,
}

async fn sign_up(State(app): State<App>, Json(form): Json<Form>) -> (StatusCode, String) {
    let contacts = app.client.contacts();
    let signed_up = contacts
        .upsert(&app.structure, &form.email, |contact| {
            contact.set("First Name", form.first_name.as_str())
        })
        .await;
    match signed_up {
        // Who left stays away: an upsert never changes a status.
        Ok(Upserted::Created(_)) => (StatusCode::CREATED, "welcome".to_owned()),
        Ok(_) => (StatusCode::OK, "welcome back".to_owned()),
        Err(error) => answer(&error),
    }
}

/// What a visitor hears of an error; the log hears all of it.
fn answer(error: &Error) -> (StatusCode, String) {
    eprintln!("sign-up failed: {error}");
    let status = if error.kind() == ErrorKind::InvalidInput {
        StatusCode::BAD_REQUEST
    } else if error.is_retryable() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    };
    (status, "that didn't work".to_owned())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .build()?;
    let structure = client.structures().primary().await?;
    let app = Router::new()
        .route("/sign-up", post(sign_up))
        .with_state(App { client, structure });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let form = format!("http://{}/sign-up", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });

    let visitor = reqwest::Client::builder().no_proxy().build()?;
    for (email, first_name) in [
        ("jane.smith@example.com", "Jane"),
        ("jane.smith@example.com", "Janet"),
        ("not an address", "Nobody"),
    ] {
        let sent = serde_json::json!({ "email": email, "first_name": first_name });
        let answer = visitor.post(&form).json(&sent).send().await?;
        println!("{first_name}: {} {}", answer.status(), answer.text().await?);
    }
    Ok(())
}
