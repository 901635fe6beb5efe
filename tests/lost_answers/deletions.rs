use benchmark_email::ErrorKind;
use benchmark_email_sandbox::Fault;
use serde_json::json;

use crate::support::world::World;

#[tokio::test(start_paused = true)]
async fn are_not_proved_by_a_proxys_404() {
    let world = World::new().await;
    let jane = world.jane().await;
    let lost_then_404 = [Fault::close_before_answer(), Fault::html(404)];
    world.script("deleteContact", lost_then_404);
    let error = world.contacts().delete(&jane.id).await.unwrap_err();
    assert_eq!(error.status(), Some(404), "{error}");
    assert_eq!(world.now(&jane).await, jane);

    // Nor by one on the look after a failure.
    world.script("deleteContact", [Fault::html(500)]);
    world.script("getContact", [Fault::html(404)]);
    let error = world.contacts().delete(&jane.id).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(world.now(&jane).await, jane);

    // Nor by an envelope that speaks of something else.
    let odd = json!({"errors": [{"errorType": "RouteNotFound", "message": "No such route"}]});
    let odd = Fault::status(404).body(odd);
    world.script("deleteContact", [Fault::close_before_answer(), odd]);
    let error = world.contacts().delete(&jane.id).await.unwrap_err();
    assert_eq!(error.status(), Some(404), "{error}");
    assert_eq!(world.now(&jane).await, jane);
}

#[tokio::test(start_paused = true)]
async fn are_proved_by_the_services_own_404() {
    let world = World::new().await;
    let first = world.jane().await;
    world.script("deleteContact", [Fault::drop_after_commit()]);
    assert_eq!(world.contacts().delete(&first.id).await.unwrap(), None);
    assert_eq!(
        (world.asked("deleteContact"), world.asked("getContact")),
        (2, 0)
    );

    let second = world.jane().await;
    world.script("deleteContact", [Fault::truncated_json()]);
    assert_eq!(world.hasty().delete(&second.id).await.unwrap(), None);
    assert_eq!(
        (world.asked("deleteContact"), world.asked("getContact")),
        (3, 1)
    );
    // Without a loss before it, it says that there was nobody.
    let error = world.contacts().delete(&second.id).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn that_were_not_carried_out_are_told() {
    let world = World::new().await;
    let jane = world.jane().await;
    world.script("deleteContact", [Fault::html(500)]);
    let error = world.contacts().delete(&jane.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server, "{error}");
    world.always("deleteContact", Fault::close_before_answer());
    let error = world.contacts().delete(&jane.id).await.unwrap_err();
    assert!(
        error.is_outcome_unknown() && error.attempts() == 4,
        "{error}"
    );
    assert_eq!(world.now(&jane).await, jane);
}

#[tokio::test(start_paused = true)]
async fn a_proxys_404_is_told_as_a_wrong_base_url_and_looked_into_no_further() {
    let world = World::new().await;
    let jane = world.jane().await;
    for operation in [
        "getContact",
        "deleteContact",
        "createContact",
        "replaceContact",
    ] {
        world.always(operation, Fault::html(404));
    }
    let (contacts, asked) = (world.contacts(), world.sandbox.requests().len());
    for error in [
        contacts.get(&jane.id).await.unwrap_err(),
        contacts.delete(&jane.id).await.unwrap_err(),
        contacts.create(world.new_jane()).await.unwrap_err(),
        contacts.replace(&jane).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
        assert!(!error.is_not_found() && error.status() == Some(404));
        let text = error.to_string();
        assert!(text.contains("not the service's own answer"), "{text}");
        assert!(
            text.contains("check that the base URL is the service's"),
            "{text}"
        );
    }
    assert_eq!(world.sandbox.requests().len(), asked + 4);
}
