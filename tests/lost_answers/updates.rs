use std::time::Duration;

use benchmark_email::Value;
use benchmark_email_sandbox::Fault;

use crate::support::world::{World, acme, one_more};

#[tokio::test(start_paused = true)]
async fn are_not_done_twice_where_the_service_keeps_values_in_its_own_way() {
    let world = World::new().await;
    world.sandbox.read_rule("stored-text", "tidied").unwrap();
    let jane = world.jane().await;
    let mut seats = 5;
    for fault in [
        Fault::drop_after_commit(),
        Fault::close_mid_body(),
        Fault::truncated_json(),
    ] {
        seats += 1;
        world.script("replaceContact", [fault]);
        let mut runs = 0;
        let contacts = world.contacts();
        let after = contacts.update(&jane.id, |c| {
            runs += 1;
            one_more(c)?.set("First Name", format!(" Joan {seats} "))
        });
        let after = after.await.unwrap();
        assert_eq!((world.seats(&after), runs), (Some(seats), 1));
    }
    // Where only what the service tidies away was changed, there is no telling.
    world.script("replaceContact", [Fault::drop_after_commit()]);
    let same = format!("Joan {seats} ");
    let contacts = world.contacts();
    let after = contacts.update(&jane.id, |c| c.set("First Name", same.as_str()));
    assert!(after.await.unwrap_err().is_outcome_unknown());
}

#[tokio::test(start_paused = true)]
async fn that_somebody_elses_change_overtook_are_made_again_on_top_of_it() {
    let world = World::new().await;
    let jane = world.jane().await;
    // The second time ours is not refused as stale but lost again, after theirs.
    for (lost, seats) in [(None, 6), (Some(Fault::html(500).nth(2)), 7)] {
        world.script("replaceContact", [Fault::close_before_answer()]);
        if let Some(lost) = lost {
            world.script("replaceContact", [lost]);
        }
        let mut runs = 0;
        let contacts = world.slow().contacts();
        let ours = contacts.update(&jane.id, |c| {
            runs += 1;
            one_more(c)
        });
        let theirs = world.meanwhile(&jane, 1, |c| {
            let before = c.get("Company")?.and_then(Value::as_str);
            let longer = format!("{}!", before.unwrap_or("Acme"));
            c.set("Company", longer)
        });
        let (ours, ()) = tokio::join!(ours, theirs);
        let after = ours.unwrap();
        assert_eq!((world.seats(&after), runs), (Some(seats), 2));
        assert!(world.text(&after, "Company").unwrap().starts_with("Acme!"));
    }
}

#[tokio::test(start_paused = true)]
async fn that_were_done_before_somebody_elses_change_are_done() {
    let world = World::new().await;
    let jane = world.jane().await;
    world.script("replaceContact", [Fault::drop_after_commit()]);
    let mut runs = 0;
    let contacts = world.slow().contacts();
    let ours = contacts.update(&jane.id, |c| {
        runs += 1;
        one_more(c)
    });
    let (ours, ()) = tokio::join!(ours, world.meanwhile(&jane, 1, acme));
    let after = ours.unwrap();
    assert_eq!((world.seats(&after), runs), (Some(6), 1));
    assert_eq!(world.text(&after, "Company"), Some("Acme"));
}

#[tokio::test(start_paused = true)]
async fn are_unknown_where_somebody_elses_change_hides_what_became_of_them() {
    let world = World::new().await;
    let jane = world.jane().await;
    for fault in [Fault::close_before_answer(), Fault::drop_after_commit()] {
        world.script("replaceContact", [fault]);
        let contacts = world.slow().contacts();
        let mut runs = 0;
        let ours = contacts.update(&jane.id, |c| {
            runs += 1;
            one_more(c)
        });
        let theirs = world.meanwhile(&jane, 1, |c| {
            let seats = c.get("Seats")?.and_then(Value::as_i64).unwrap_or(0);
            c.set("Seats", seats + 50)
        });
        let (ours, ()) = tokio::join!(ours, theirs);
        let error = ours.unwrap_err();
        assert!(error.is_outcome_unknown() && runs == 1, "{error}");
        assert_eq!(error.contact(), Some(&jane.id));
    }
}

#[tokio::test(start_paused = true)]
async fn of_which_no_attempt_is_answered_are_unknown_and_may_come_late() {
    let world = World::new().await;
    let jane = world.jane().await;
    world.always(
        "replaceContact",
        Fault::commit_late(Duration::from_secs(300)),
    );
    let error = world
        .contacts()
        .update(&jane.id, one_more)
        .await
        .unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(world.seats(&world.now(&jane).await), Some(5));
    world.time.pass(Duration::from_secs(300)).await;
    assert_eq!(world.seats(&world.now(&jane).await), Some(6));
}

#[tokio::test(start_paused = true)]
async fn are_unknown_after_more_than_one_change_of_others() {
    let world = World::new().await;
    let jane = world.jane().await;
    world.script("replaceContact", [Fault::close_before_answer()]);
    let contacts = world.slow().contacts();
    let mut runs = 0;
    let ours = contacts.update(&jane.id, |c| {
        runs += 1;
        one_more(c)
    });
    let theirs = async {
        world.meanwhile(&jane, 1, acme).await;
        world.meanwhile(&jane, 0, |c| c.add_tag("VIP")).await;
    };
    let (ours, ()) = tokio::join!(ours, theirs);
    // Ours may have been among them, and undone since.
    let error = ours.unwrap_err();
    assert!(error.is_outcome_unknown() && runs == 1, "{error}");
}
