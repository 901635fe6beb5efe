use http::{HeaderMap, StatusCode};

use super::*;
use crate::error::ApiError;

fn error(kind: ErrorKind, doubt: Doubt) -> Error {
    Error::new(kind, "it went wrong").after(2, doubt)
}

fn refused(kind: ErrorKind, error_type: &str, doubt: Doubt) -> Error {
    let json = format!(r#"{{"errorType":"{error_type}","message":"no"}}"#);
    let reason: ApiError = serde_json::from_str(&json).unwrap();
    error(kind, doubt)
        .answered(StatusCode::BAD_REQUEST, &HeaderMap::new())
        .with_errors(vec![reason])
}

fn kind_after(failure: Error, look: Look<()>) -> ErrorKind {
    conclude(failure, Ok(look)).unwrap_err().kind()
}

#[test]
fn a_failure_is_open_where_an_answer_is_missing_or_unreadable() {
    let unreadable = || error(ErrorKind::Unreadable, Doubt::None);
    let answered = |status: u16| {
        let status = StatusCode::from_u16(status).unwrap();
        unreadable().answered(status, &HeaderMap::new())
    };
    for open in [
        error(ErrorKind::Interrupted, Doubt::Pending),
        error(ErrorKind::Conflict, Doubt::Pending),
        error(ErrorKind::Server, Doubt::Answered),
        error(ErrorKind::OutcomeUnknown, Doubt::None),
        answered(200),
        answered(204),
    ] {
        assert!(is_open(&open), "{open:?}");
    }
    for told in [
        error(ErrorKind::Connect, Doubt::None),
        error(ErrorKind::Conflict, Doubt::None),
        // A gateway that doesn't know the path passed nothing on.
        answered(404),
        unreadable(),
    ] {
        assert!(!is_open(&told), "{told:?}");
    }
}

#[test]
fn what_is_done_is_a_success_and_what_is_unclear_is_unknown() {
    let failure = || error(ErrorKind::Interrupted, Doubt::Pending);
    assert_eq!(conclude(failure(), Ok(Look::Done(7))).unwrap(), 7);
    assert_eq!(
        kind_after(failure(), Look::Unclear(None)),
        ErrorKind::OutcomeUnknown
    );
    let jane = ContactId::new("c1").unwrap();
    let unclear = conclude::<()>(failure(), Ok(Look::Unclear(Some(jane.clone())))).unwrap_err();
    assert_eq!(
        (unclear.kind(), unclear.contact()),
        (ErrorKind::OutcomeUnknown, Some(&jane))
    );
}

#[test]
fn what_is_not_done_may_still_be_where_no_answer_came() {
    for (failure, told) in [
        (
            error(ErrorKind::Interrupted, Doubt::Pending),
            ErrorKind::OutcomeUnknown,
        ),
        (
            error(ErrorKind::Server, Doubt::Pending),
            ErrorKind::OutcomeUnknown,
        ),
        (
            error(ErrorKind::RateLimited, Doubt::Pending),
            ErrorKind::OutcomeUnknown,
        ),
        (error(ErrorKind::Server, Doubt::Answered), ErrorKind::Server),
        (
            error(ErrorKind::Server, Doubt::Answered).outcome_unknown(),
            ErrorKind::Server,
        ),
        (
            error(ErrorKind::Unreadable, Doubt::None),
            ErrorKind::Unreadable,
        ),
        // The service refuses each attempt alike.
        (
            refused(ErrorKind::Validation, "ValidationError", Doubt::Pending),
            ErrorKind::Validation,
        ),
        (
            refused(ErrorKind::Conflict, "ConcurrencyError", Doubt::Pending),
            ErrorKind::OutcomeUnknown,
        ),
        // A page of a gateway says nothing for the service.
        (
            error(ErrorKind::Validation, Doubt::Pending),
            ErrorKind::OutcomeUnknown,
        ),
    ] {
        let case = format!("{failure:?}");
        assert_eq!(kind_after(failure, Look::NotDone), told, "{case}");
    }
}

#[test]
fn what_was_overtaken_is_a_conflict_and_no_longer_open() {
    for failure in [
        error(ErrorKind::Interrupted, Doubt::Pending).outcome_unknown(),
        refused(ErrorKind::Conflict, "ConcurrencyError", Doubt::Pending),
    ] {
        let told = conclude::<()>(failure, Ok(Look::Overtaken)).unwrap_err();
        assert!(told.is_conflict() && !is_open(&told), "{told:?}");
    }
}

#[test]
fn a_look_that_fails_leaves_it_unknown_unless_the_record_is_gone() {
    let failure = || error(ErrorKind::Interrupted, Doubt::Pending);
    let blind = error(ErrorKind::Server, Doubt::None);
    let told = conclude::<()>(failure(), Err(blind)).unwrap_err();
    assert!(told.is_outcome_unknown() && std::error::Error::source(&told).is_some());
    let gone = refused(ErrorKind::NotFound, "RecordNotFound", Doubt::None);
    let told = conclude::<()>(failure(), Err(gone)).unwrap_err();
    assert!(told.is_not_found());
    let odd = refused(ErrorKind::NotFound, "RouteNotFound", Doubt::None);
    let told = conclude::<()>(failure(), Err(odd)).unwrap_err();
    assert!(told.is_outcome_unknown());
}

#[test]
fn one_version_follows_another() {
    assert!(is_next(Some(4), Some(3)));
    for (version, before) in [
        (Some(3), Some(3)),
        (Some(5), Some(3)),
        (Some(i64::MIN), Some(i64::MAX)),
        (None, Some(3)),
        (Some(3), None),
        (None, None),
    ] {
        assert!(!is_next(version, before));
    }
}

#[tokio::test]
async fn a_look_is_taken_only_where_the_outcome_is_open() {
    let never = || async { panic!("looked") };
    assert_eq!(settled(Ok(1), never()).await.unwrap(), 1);
    let told = error(ErrorKind::Duplicate, Doubt::None);
    assert!(
        settled(Err(told), never())
            .await
            .unwrap_err()
            .is_duplicate()
    );
    let open = error(ErrorKind::Interrupted, Doubt::Pending);
    let look = async { Ok(Look::Done(2)) };
    assert_eq!(settled(Err(open), look).await.unwrap(), 2);
}
