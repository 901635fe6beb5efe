use std::time::Duration;

use benchmark_email::contacts::Upserted;
use benchmark_email_sandbox::Fault;
use tokio::time::Instant;

use crate::{
    LAG,
    support::world::{JANE, World, one_more},
};

#[tokio::test(start_paused = true)]
async fn of_somebody_created_a_moment_ago_change_that_one() {
    let world = World::lagging(LAG).await;
    let jane = world.jane().await;
    for seats in 6..=8 {
        let made = world
            .contacts()
            .upsert(&world.structure, JANE, one_more)
            .await
            .unwrap();
        let Upserted::Updated(after) = made else {
            panic!("{made:?}")
        };
        assert_eq!((&after.id, world.seats(&after)), (&jane.id, Some(seats)));
    }
}

#[tokio::test(start_paused = true)]
async fn at_once_make_one_contact() {
    let world = World::lagging(LAG).await;
    let contacts = world.contacts();
    let upsert = || contacts.upsert(&world.structure, JANE, one_more);
    let (one, two, three) = tokio::join!(upsert(), upsert(), upsert());
    let made = [one.unwrap(), two.unwrap(), three.unwrap()];
    let created = made
        .iter()
        .filter(|one| matches!(one, Upserted::Created(_)));
    assert_eq!(created.count(), 1);
    let [jane] = world.all().try_into().unwrap();
    assert_eq!(world.seats(&jane), Some(3));
}

#[tokio::test(start_paused = true)]
async fn of_somebody_whom_the_search_never_shows_change_nothing() {
    let world = World::lagging(Duration::from_secs(60)).await;
    let jane = world.jane().await;
    let began = Instant::now();
    let outcome = world
        .contacts()
        .upsert(&world.structure, JANE, one_more)
        .await;
    assert!(outcome.unwrap_err().is_duplicate());
    assert_eq!(began.elapsed().as_secs(), 30);
    assert_eq!(world.all(), [jane]);
}

#[tokio::test(start_paused = true)]
async fn of_somebody_whom_the_search_still_shows_create_another() {
    let world = World::lagging(LAG).await;
    let before = world.jane().await;
    world.time.pass(LAG).await;
    world.contacts().delete(&before.id).await.unwrap();
    let made = world
        .contacts()
        .upsert(&world.structure, JANE, one_more)
        .await
        .unwrap();
    assert!(matches!(&made, Upserted::Created(after) if after.id != before.id));
    // Here it shows only the first of the two.
    let made = world
        .contacts()
        .upsert(&world.structure, JANE, one_more)
        .await
        .unwrap();
    assert_eq!(world.all(), [made.into_contact()]);
}

#[tokio::test(start_paused = true)]
async fn that_are_done_by_half_are_unknown_and_name_the_contact() {
    let world = World::new().await;
    world.always("replaceContact", Fault::html(500));
    let made = world.contacts();
    let made = made.upsert(&world.structure, JANE, |c| one_more(c)?.add_tag("VIP"));
    let error = made.await.unwrap_err();
    let [jane] = world.all().try_into().unwrap();
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&jane.id))
    );
}

#[tokio::test(start_paused = true)]
async fn of_an_address_that_somebody_gave_up_leave_that_one_alone() {
    let world = World::lagging(LAG).await;
    let joan = world.jane().await;
    world.time.pass(LAG).await;
    let contacts = world.contacts();
    let moved = contacts.update(&joan.id, |c| c.key("joan@example.com"));
    let moved = moved.await.unwrap();
    let made = contacts.upsert(&world.structure, JANE, one_more).await;
    assert!(matches!(made.unwrap(), Upserted::Created(_)));
    assert_eq!(world.now(&joan).await, moved);
}
