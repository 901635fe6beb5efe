//! The generated client takes the same way out.
#![cfg(feature = "raw")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use serde_json::json;
use support::{API_KEY, example, server_answering};
use wiremock::ResponseTemplate;

const ADDRESS: &str = "jane.smith@example.com";

#[tokio::test]
async fn event_types_are_joined_by_commas() {
    let page = ResponseTemplate::new(200).set_body_json(example("Events"));
    let (server, client) = server_answering(page).await;
    client
        .raw()
        .list_events(
            None,
            std::num::NonZeroU32::new(7),
            None,
            Some("contact-created,email-sent"),
        )
        .await
        .unwrap();
    let request = &server.received_requests().await.unwrap()[0];
    let query: Vec<_> = request.url.query_pairs().into_owned().collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        query,
        [
            pair("pastDays", "7"),
            pair("types", "contact-created,email-sent")
        ]
    );
}

#[tokio::test]
async fn a_success_comes_with_its_headers() {
    let page = ResponseTemplate::new(200)
        .set_body_json(example("Events"))
        .insert_header("X-Request-Id", "r1");
    let (_server, client) = server_answering(page).await;
    let answer = client.raw().list_events(None, None, None, None).await;
    assert_eq!(answer.unwrap().headers()["x-request-id"], "r1");
}

#[tokio::test]
async fn nobody_listening_is_told_by_the_http_librarys_own_error() {
    let client = support::hasty_client_of("http://127.0.0.1:1");
    let error = client.raw().list_contacts().await.unwrap_err();
    let progenitor_client::Error::CommunicationError(error) = error else {
        panic!("{error}");
    };
    assert!(error.is_connect() && error.url().is_none(), "{error}");
}

#[tokio::test]
async fn the_export_asks_for_csv_and_streams_it() {
    let csv = ResponseTemplate::new(200).set_body_raw("_id,key\r\n", "text/csv");
    let (server, client) = server_answering(csv).await;
    let body = serde_json::from_value(example("ExportByKey")).unwrap();
    let answer = client.raw().export_contacts(&body).await.unwrap();
    let mut stream = answer.into_inner().into_inner();
    let mut text = Vec::new();
    while let Some(chunk) = futures_util::StreamExt::next(&mut stream).await {
        text.extend_from_slice(&chunk.unwrap());
    }
    assert_eq!(text, b"_id,key\r\n");
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.headers["accept"], "application/json, text/csv");
    assert_eq!(request.headers["x-api-key"], API_KEY);
}

#[tokio::test]
async fn a_refusal_is_the_envelope_whatever_came_and_never_shows_the_key() {
    // The document declares a 401, and neither of the others: those are told with the whole answer.
    for status in [401, 418, 302] {
        for body in [
            json!("<html>"),
            json!({"errors": [{"errorType": "UnauthorizedError", "message": format!("{API_KEY} of {ADDRESS}")}]}),
        ] {
            let answer = ResponseTemplate::new(status)
                .set_body_json(body)
                .insert_header("X-Echo", format!("key={API_KEY}"))
                .insert_header("X-Who", ADDRESS)
                .insert_header(
                    "Location",
                    format!("/login?who=jane.smith%40example.com&key={API_KEY}"),
                )
                .insert_header("Retry-After", "7")
                .insert_header("X-Monthly-Remaining", "12")
                .insert_header("Date", "Sat, 28 Mar 2026 14:30:00 GMT");
            let (_server, client) = server_answering(answer).await;
            // Part of a list's name may be an address too.
            let structure = support::structure();
            let part = ADDRESS.parse().unwrap();
            let raw = client.raw();
            let lists = raw.list_lists(structure.id(), Some(&part), None, None, None);
            let error = lists.await.unwrap_err();
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
            let shown = format!("{error} {error:?} {error:#} {error:#?}");
            for secret in [API_KEY, "jane.smith"] {
                assert!(!shown.contains(secret), "{secret}: {shown}");
            }
            for kept in [
                "key=***",
                "j***@example.com",
                "\"7\"",
                "\"12\"",
                "application/json",
                "14:30:00 GMT",
            ] {
                assert!(shown.contains(kept), "{kept}: {shown}");
            }
        }
    }
}

#[tokio::test]
async fn a_request_by_hand_goes_the_same_way_and_its_answer_comes_as_it_was() {
    let answer = ResponseTemplate::new(202)
        .set_body_raw("not even JSON", "text/csv")
        .insert_header("X-Request-Id", "r1");
    let (server, client) = server_answering(answer).await;
    let path = "/api/contact/export?really=yes";
    let body = json!({"anything": null});
    let answer = client
        .request(http::Method::POST, path, Some(&body))
        .await
        .unwrap();
    assert_eq!(answer.status(), 202);
    assert_eq!(answer.headers()["x-request-id"], "r1");
    assert_eq!(answer.body().as_ref(), b"not even JSON");
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.url.query(), Some("really=yes"));
    assert_eq!(request.headers["x-api-key"], API_KEY);
    assert_eq!(
        request.body_json::<serde_json::Value>().unwrap(),
        json!({"anything": null})
    );
    // What would make another host of the path is never sent.
    for path in ["", "@example.com/", ".example.com/", "api/contact"] {
        let error = client
            .request(http::Method::GET, path, None)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), benchmark_email::ErrorKind::InvalidInput);
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_refusal_of_a_request_by_hand_is_told_with_all_that_it_said() {
    let answer = ResponseTemplate::new(418)
        .set_body_json(json!({"errors": [{"errorType": "Odd", "message": "no"}]}));
    let (server, client) = server_answering(answer).await;
    let path = "/api/nothing-that-is-known";
    let error = client
        .request(http::Method::PUT, path, Some(&json!([])))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(418));
    assert!(error.body().contains("Odd"), "{error:?}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}
