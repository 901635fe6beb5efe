use std::error::Error as _;

use benchmark_email::{Contact, ErrorKind, retry::RetryPolicy};
use benchmark_email_sandbox::Fault;
use serde_json::json;

use crate::support::world::{World, acme, one_more};

async fn edited(world: &World) -> (Contact, Contact) {
    let jane = world.jane().await;
    let mut mine = jane.clone();
    mine.set(&world.structure, "Seats", 6).unwrap();
    mine.set(&world.structure, "First Name", " Joan ").unwrap();
    (jane, mine)
}

#[tokio::test(start_paused = true)]
async fn that_were_carried_out_are_done() {
    for stored in ["as-sent", "tidied"] {
        for fault in [Fault::drop_after_commit(), Fault::reset_mid_body()] {
            let world = World::new().await;
            world.sandbox.read_rule("stored-text", stored).unwrap();
            let (_, mine) = edited(&world).await;
            world.script("replaceContact", [fault]);
            let after = world.contacts().replace(&mine).await.unwrap();
            assert_eq!((world.seats(&after), after.version), (Some(6), Some(1)));
            assert_eq!(world.now(&mine).await, after);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn that_were_not_carried_out_are_made_again() {
    let world = World::new().await;
    let (_, mine) = edited(&world).await;
    world.script("replaceContact", [Fault::close_before_answer()]);
    let after = world.contacts().replace(&mine).await.unwrap();
    assert_eq!(
        (world.seats(&after), world.asked("replaceContact")),
        (Some(6), 2)
    );
}

#[tokio::test(start_paused = true)]
async fn are_not_done_where_the_contact_says_something_else_now() {
    let world = World::new().await;
    let (jane, mine) = edited(&world).await;
    world.script("replaceContact", [Fault::close_before_answer()]);
    let contacts = world.slow().contacts();
    let (ours, ()) = tokio::join!(contacts.replace(&mine), world.meanwhile(&jane, 1, acme));
    let error = ours.unwrap_err();
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&jane.id))
    );
    let now = world.now(&jane).await;
    assert_eq!(
        (world.seats(&now), world.text(&now, "Company")),
        (Some(5), Some("Acme"))
    );
}

#[tokio::test(start_paused = true)]
async fn that_somebody_wrote_over_are_unknown() {
    let world = World::new().await;
    let (jane, mine) = edited(&world).await;
    world.script("replaceContact", [Fault::drop_after_commit()]);
    let contacts = world.slow().contacts();
    let (ours, ()) = tokio::join!(contacts.replace(&mine), world.meanwhile(&jane, 1, one_more));
    let error = ours.unwrap_err();
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&jane.id))
    );
}

#[tokio::test(start_paused = true)]
async fn that_nobody_answered_are_unknown_and_those_that_failed_have_failed() {
    let world = World::new().await;
    let (jane, mine) = edited(&world).await;
    world.always("replaceContact", Fault::close_before_answer());
    let error = world.contacts().replace(&mine).await.unwrap_err();
    assert!(
        error.is_outcome_unknown() && error.attempts() == 4,
        "{error}"
    );
    world.sandbox.clear_faults();
    world.script("replaceContact", [Fault::html(500)]);
    let error = world.contacts().replace(&mine).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server, "{error}");
    assert_eq!(world.now(&jane).await, jane);
}

#[tokio::test(start_paused = true)]
async fn that_the_service_refuses_after_a_loss_are_refused() {
    let world = World::new().await;
    let (jane, mut mine) = edited(&world).await;
    mine.set(&world.structure, "Birthday", "12-31").unwrap();
    world
        .sandbox
        .read_rule("field-required", "enforce")
        .unwrap();
    let refused = json!({"errors": [{"errorType": "ValidationError", "message": "no"}]});
    let refused = Fault::status(400).body(refused);
    world.script("replaceContact", [Fault::close_before_answer(), refused]);
    let error = world.contacts().replace(&mine).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation, "{error}");
    assert_eq!(world.now(&jane).await, jane);
}

#[tokio::test(start_paused = true)]
async fn of_a_contact_that_is_gone_find_nothing() {
    let world = World::new().await;
    let (jane, mine) = edited(&world).await;
    world.contacts().delete(&jane.id).await.unwrap();
    world.script(
        "replaceContact",
        [Fault::close_before_answer(), Fault::html(500)],
    );
    let error = world.contacts().replace(&mine).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn are_unknown_where_looking_fails() {
    for look in ["getContact", "getStructure"] {
        let world = World::new().await;
        world.sandbox.read_rule("stored-text", "tidied").unwrap();
        let (_, mine) = edited(&world).await;
        world.always(look, Fault::html(404));
        world.script("replaceContact", [Fault::drop_after_commit()]);
        // What a change is held against is the structure, which this client hasn't read.
        let client = world.time.client(&world.sandbox);
        let client = client.with_retry(RetryPolicy::none());
        let error = client.contacts().replace(&mine).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert!(
            error.source().unwrap().to_string().starts_with(look),
            "{error:?}"
        );
    }
}
