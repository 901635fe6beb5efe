use benchmark_email::{ContactId, ErrorKind};
use benchmark_email_sandbox::Fault;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::support::{example, hasty_client_of, world::World};

#[tokio::test(start_paused = true)]
async fn that_were_carried_out_are_done() {
    for fault in [Fault::drop_after_commit(), Fault::truncated_json()] {
        let world = World::new().await;
        let jane = world.jane().await;
        world.script("updateContactStatus", [fault]);
        let gone = world.hasty().unsubscribe(&jane.id).await.unwrap();
        assert!(gone.is_inactive());
        let asked = (
            world.asked("updateContactStatus"),
            world.asked("getContact"),
        );
        assert_eq!(asked, (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn that_were_not_carried_out_are_made_again_or_told() {
    let world = World::new().await;
    let jane = world.jane().await;
    world.script("updateContactStatus", [Fault::html(500)]);
    let error = world.contacts().unsubscribe(&jane.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server, "{error}");
    world.script("updateContactStatus", [Fault::close_before_answer()]);
    let error = world.hasty().unsubscribe(&jane.id).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert!(world.now(&jane).await.is_active());
    world.script("updateContactStatus", [Fault::close_before_answer()]);
    assert!(
        world
            .contacts()
            .unsubscribe(&jane.id)
            .await
            .unwrap()
            .is_inactive()
    );
}

#[tokio::test(start_paused = true)]
async fn of_somebody_who_is_gone_find_nothing_and_blind_ones_are_unknown() {
    let world = World::new().await;
    let jane = world.jane().await;
    world.script("updateContactStatus", [Fault::drop_after_commit()]);
    world.always("getContact", Fault::html(404));
    let error = world.hasty().unsubscribe(&jane.id).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    world.sandbox.clear_faults();
    world.contacts().delete(&jane.id).await.unwrap();
    world.script("updateContactStatus", [Fault::close_before_answer()]);
    let error = world.hasty().unsubscribe(&jane.id).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn of_somebody_whose_status_isnt_told_are_unknown() {
    let mut jane = example("Jane");
    jane.as_object_mut().unwrap().remove("status");
    let server = MockServer::start().await;
    for (asked, answer) in [
        ("PATCH", ResponseTemplate::new(500)),
        ("GET", ResponseTemplate::new(200).set_body_json(&jane)),
    ] {
        let mock = Mock::given(method(asked)).respond_with(answer);
        mock.mount(&server).await;
    }
    let id = ContactId::new(jane["_id"].as_str().unwrap()).unwrap();
    let contacts = hasty_client_of(&server.uri()).contacts();
    let error = contacts.unsubscribe(&id).await.unwrap_err();
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&id))
    );
}
