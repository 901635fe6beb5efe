use std::{error::Error as _, time::Duration};

use benchmark_email::{
    Error, ListId, NewContact,
    budget::{Budget, Pacing},
    contacts::Edit,
    retry::RetryPolicy,
};
use benchmark_email_sandbox::Fault;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    LAG,
    support::world::{JANE, World, acme},
};

#[tokio::test(start_paused = true)]
async fn one_that_the_search_shows_later_is_found_and_no_duplicate() {
    let world = World::lagging(LAG).await;
    let list = world
        .client
        .lists(world.structure.id())
        .create("News")
        .await
        .unwrap();
    for (number, fault) in [
        Fault::drop_after_commit(),
        Fault::close_mid_body(),
        Fault::commit_late(Duration::from_secs(1)),
    ]
    .into_iter()
    .enumerate()
    {
        world.script("createContact", [fault]);
        let new = NewContact::new(&world.structure, format!("jane+{number}@example.com"));
        let new = new.field("Seats", 5).unwrap().list(&list.id);
        let jane = world.contacts().create(new).await.unwrap();
        assert_eq!(world.seats(&jane), Some(5));
        assert!(jane.is_on(&list.id) && jane.version.is_some());
    }
    world.time.pass(Duration::from_secs(60)).await;
    assert_eq!(world.all().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn one_that_the_caller_looks_for_is_told_at_once() {
    let world = World::new().await;
    let policy = RetryPolicy::default().look_for_lost_creations(false);
    let contacts = world.client.with_retry(policy).contacts();
    world.script("createContact", [Fault::drop_after_commit()]);
    let asked = world.sandbox.requests().len();
    let error = contacts.create(world.new_jane()).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(world.sandbox.requests().len(), asked + 1);
    // What was surely not carried out is sent again all the same.
    world.script(
        "createContact",
        [Fault::status(503).with_header("Retry-After", "1")],
    );
    let error = contacts.create(world.new_jane()).await.unwrap_err();
    assert!(error.is_duplicate(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn it_is_recognised_whatever_the_search_and_the_service_make_of_it() {
    let world = World::new().await;
    world.sandbox.read_rule("search-values", "text").unwrap();
    world.sandbox.read_rule("stored-text", "tidied").unwrap();
    world.script("createContact", [Fault::drop_after_commit()]);
    let new = NewContact::new(&world.structure, "Jane@Example.com");
    let new = new.field("First Name", " Jane ").unwrap();
    let new = new
        .field("Seats", 5)
        .unwrap()
        .field("Newsletter OK", true)
        .unwrap();
    let jane = world.contacts().create(new).await.unwrap();
    assert_eq!((jane.key.as_str(), world.seats(&jane)), (JANE, Some(5)));
    assert_eq!(world.asked("createContact"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_older_contact_is_a_duplicate_however_much_it_looks_like_what_was_sent() {
    let world = World::new().await;
    let before = world.old_jane().await;
    for new in [NewContact::new(&world.structure, JANE), world.new_jane()] {
        world.script("createContact", [Fault::close_before_answer()]);
        let error = world.contacts().create(new).await.unwrap_err();
        assert!(error.is_duplicate(), "{error}");
    }
    assert_eq!(world.all(), [before]);
}

#[tokio::test(start_paused = true)]
async fn an_older_contact_is_changed_once_where_a_creation_updates() {
    let world = World::new().await;
    world
        .sandbox
        .read_rule("contact-key-unique", "update")
        .unwrap();
    let before = world.old_jane().await;
    world.script("createContact", [Fault::drop_after_commit()]);
    let new = world.new_jane().field("Seats", 7).unwrap();
    let after = world.contacts().create(new).await.unwrap();
    assert_eq!((&after.id, world.seats(&after)), (&before.id, Some(7)));
    assert_eq!(world.all().len(), 1);
    // With no attempt left there is no telling whose it is.
    world.script("createContact", [Fault::drop_after_commit()]);
    let error = world.hasty().create(world.new_jane()).await.unwrap_err();
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&before.id))
    );
}

#[tokio::test(start_paused = true)]
async fn a_contact_with_other_values_is_named_and_not_taken_for_ours() {
    let world = World::new().await;
    let theirs = world.jane().await;
    world.script("createContact", [Fault::close_before_answer()]);
    let new = world.new_jane().field("Seats", 6).unwrap();
    let error = world.contacts().create(new).await.unwrap_err();
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&theirs.id))
    );
    // Nor one that lacks the list.
    let list = world
        .client
        .lists(world.structure.id())
        .create("News")
        .await
        .unwrap();
    world.script("createContact", [Fault::close_before_answer()]);
    let error = world
        .contacts()
        .create(world.new_jane().list(&list.id))
        .await
        .unwrap_err();
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&theirs.id))
    );
}

#[tokio::test(start_paused = true)]
async fn somebody_who_has_left_is_not_taken_for_a_creation() {
    let world = World::new().await;
    let before = world.jane().await;
    world.contacts().unsubscribe(&before.id).await.unwrap();
    world.script("createContact", [Fault::close_before_answer()]);
    let error = world.contacts().create(world.new_jane()).await.unwrap_err();
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&before.id))
    );
}

/// Something that a creation doesn't send.
type More = fn(&mut Edit, &ListId) -> Result<(), Error>;

#[tokio::test(start_paused = true)]
async fn where_no_date_is_told_nothing_more_than_what_was_sent_is_taken_for_ours() {
    let world = World::new().await;
    let before = world.old_jane().await;
    // It knows nothing of the service's clock, and learns nothing.
    let client = world
        .time
        .builder(&world.sandbox)
        .budget(Budget::new())
        .build()
        .unwrap();
    let contacts = client.with_retry(RetryPolicy::none()).contacts();
    let create = async |new: NewContact| {
        world.script("createContact", [Fault::close_before_answer()]);
        world.sandbox.fault(Fault::without_header("Date"));
        let outcome = contacts.create(new).await;
        world.sandbox.clear_faults();
        outcome
    };
    assert_eq!(create(world.new_jane()).await.unwrap().id, before.id);
    let list = world
        .client
        .lists(world.structure.id())
        .create("News")
        .await
        .unwrap();
    let more: [More; 3] = [
        |c, _| acme(c).map(drop),
        |c, _| c.set("Company", None::<&str>)?.add_tag("VIP").map(drop),
        |c, list| c.remove_tag("VIP")?.add_list(list).map(drop),
    ];
    for more in more {
        let change = |c: &mut Edit| more(c, &list.id);
        let theirs = world.contacts();
        let changed = theirs.update(&before.id, |c| {
            change(c)?;
            Ok(c)
        });
        changed.await.unwrap();
        let error = create(world.new_jane()).await.unwrap_err();
        assert_eq!(
            (error.is_outcome_unknown(), error.contact()),
            (true, Some(&before.id))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_looked_for_with_backoff_until_the_bound_and_unknown_after_that() {
    let world = World::lagging(Duration::from_secs(60)).await;
    let began = Instant::now();
    world.script("createContact", [Fault::drop_after_commit()]);
    let error = world.contacts().create(world.new_jane()).await.unwrap_err();
    assert!(
        error.is_outcome_unknown() && error.attempts() == 2,
        "{error}"
    );
    let took = began.elapsed().as_secs();
    assert!((30..32).contains(&took), "{took} s");
    let looks = world.asked("searchContacts");
    assert!((6..=14).contains(&looks), "{looks}");
    // The bound is the policy's.
    world.time.pass(Duration::from_secs(600)).await;
    let patient = RetryPolicy::default().search_lag(Duration::from_secs(90));
    let patient = world.client.with_retry(patient);
    world.script("createContact", [Fault::drop_after_commit()]);
    let new = NewContact::new(&world.structure, "joe@example.com");
    patient.contacts().create(new).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn it_is_looked_for_no_longer_than_the_deadline_allows() {
    let world = World::lagging(Duration::from_secs(60)).await;
    let began = Instant::now();
    let brisk = RetryPolicy::default().deadline(Duration::from_secs(5));
    world.script("createContact", [Fault::drop_after_commit()]);
    let contacts = world.client.with_retry(brisk).contacts();
    let error = contacts.create(world.new_jane()).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(took > Duration::from_secs(2), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_after_a_loss_is_looked_for_all_the_same() {
    let refused = |status: u16, error_type: &str, message: &str| {
        let item = json!({ "errorType": error_type, "message": message });
        Fault::status(status).body(json!({ "errors": [item] }))
    };
    for refusal in [
        refused(403, "ForbiddenError", "no"),
        refused(400, "ValidationError", "no"),
        refused(429, "TooManyRequestsError", "Rate limit exceeded.")
            .with_header("Retry-After", "300"),
        Fault::html(404),
        // A refusal whose text is cut off.
        Fault::truncated_json(),
    ] {
        let world = World::lagging(LAG).await;
        world.script(
            "createContact",
            [Fault::drop_after_commit(), refusal.clone()],
        );
        let patient = world.client.with_pacing(Pacing::Off);
        let jane = patient.contacts().create(world.new_jane()).await.unwrap();
        assert_eq!(world.all(), [jane]);

        // And where nothing comes of it nobody knows.
        let new = NewContact::new(&world.structure, "joe@example.com");
        world.script("createContact", [Fault::close_before_answer(), refusal]);
        let outcome = patient.contacts().create(new).await;
        if let Err(error) = outcome {
            assert!(error.is_outcome_unknown(), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_that_still_shows_who_is_gone_stands_in_nobodys_way() {
    let world = World::lagging(LAG).await;
    let before = world.jane().await;
    world.time.pass(LAG).await;
    world.contacts().delete(&before.id).await.unwrap();
    assert!(
        world
            .contacts()
            .find(&world.structure, JANE)
            .await
            .unwrap()
            .is_some()
    );
    world.script("createContact", [Fault::close_before_answer()]);
    let after = world.contacts().create(world.new_jane()).await.unwrap();
    assert_ne!(after.id, before.id);
    assert_eq!(world.all(), [after]);
}

#[tokio::test(start_paused = true)]
async fn all_rounds_together_take_no_more_attempts_than_the_policy_allows() {
    let world = World::new().await;
    let busy = Fault::status(503).with_header("Retry-After", "0");
    world.script("createContact", [busy.clone(), busy]);
    world.always("createContact", Fault::close_before_answer());
    let error = world.contacts().create(world.new_jane()).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(
        (world.asked("createContact"), error.attempts()),
        (4, 4),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_rounds_of_a_creation_get_rarer() {
    let world = World::new().await;
    let policy = RetryPolicy::default().max_attempts(8);
    let client = world.client.with_retry(policy.search_lag(Duration::ZERO));
    world.always("createContact", Fault::close_before_answer());
    let began = Instant::now();
    let created = client.contacts().create(world.new_jane()).await;
    assert_eq!(created.unwrap_err().attempts(), 8);
    // Seven pauses that don't grow take no more than half a second each.
    let took = began.elapsed();
    assert!(took > 7 * Duration::from_millis(500), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn where_looking_fails_the_outcome_is_unknown_and_says_why() {
    for look in ["searchContacts", "getContact"] {
        let world = World::new().await;
        world.script("createContact", [Fault::drop_after_commit()]);
        world.always(look, Fault::html(500));
        let error = world.contacts().create(world.new_jane()).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert!(
            error.source().unwrap().to_string().starts_with(look),
            "{error:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_contact_made_a_moment_before_by_somebody_else_is_ours_only_as_it_was_sent() {
    let world = World::new().await;
    let before = world.jane().await;
    world.time.pass(Duration::from_secs(30)).await;
    // It has more than was sent.
    world.script("createContact", [Fault::close_before_answer()]);
    let bare = NewContact::new(&world.structure, JANE);
    let error = world.contacts().create(bare).await.unwrap_err();
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&before.id))
    );
    // The clocks may be further apart than the two contacts, so nobody can tell whose this one is.
    world.script("createContact", [Fault::close_before_answer()]);
    let same = world.contacts().create(world.new_jane()).await.unwrap();
    assert_eq!(same.id, before.id);
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_of_one_that_may_be_ours_is_no_duplicate() {
    let world = World::lagging(LAG).await;
    let theirs = world.jane().await;
    world.script("createContact", [Fault::close_before_answer()]);
    let new = world.new_jane().field("Seats", 6).unwrap();
    let error = world.contacts().create(new).await.unwrap_err();
    // The search showed it only after the service had refused a second one.
    assert_eq!(world.asked("createContact"), 3);
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&theirs.id))
    );
}

#[tokio::test(start_paused = true)]
async fn somebody_who_has_another_address_by_now_stands_in_nobodys_way() {
    let world = World::lagging(LAG).await;
    let joan = world.jane().await;
    world.time.pass(LAG).await;
    let contacts = world.contacts();
    let moved = contacts.update(&joan.id, |c| c.key("joan@example.com"));
    moved.await.unwrap();
    world.script("createContact", [Fault::close_before_answer()]);
    let jane = world.contacts().create(world.new_jane()).await.unwrap();
    assert_ne!(jane.id, joan.id);
}
