//! Pages of an imagined service that changes while it is read.

use std::{
    collections::VecDeque,
    future::ready,
    sync::{Arc, Mutex},
};

use super::*;

/// What a page holds; what begins with `!` can't be read.
fn listing(rows: &[&str], total: Option<u64>) -> Listing<String, Error> {
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    for (place, row) in rows.iter().enumerate() {
        match row.strip_prefix('!') {
            None => read.push((*row).to_owned()),
            Some(odd) => {
                let error = Error::new(ErrorKind::Unreadable, "it is odd");
                unread.push(error.of_element(place, odd.to_owned()));
            }
        }
    }
    Listing {
        rows: read,
        total,
        unread,
    }
}

type Script = Vec<(&'static [&'static str], Option<u64>)>;

/// What each request gets, in turn, and which pages were asked for.
fn plan(script: Script, size: u32) -> (Plan<String>, Arc<Mutex<Vec<u32>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let script = Mutex::new(VecDeque::from(script));
    let plan = Plan {
        operation: "test",
        asks_for: b"everything".to_vec(),
        size: NonZeroU32::new(size).unwrap(),
        id: Some(|row: &String| Some(row)),
        ask: Box::new(move |page| {
            log.lock().unwrap().push(page.get());
            let answer = match script.lock().unwrap().pop_front() {
                Some((rows, total)) => Ok(listing(rows, total)),
                None => Err(Error::new(ErrorKind::Server, "asked too often")),
            };
            Box::pin(ready(answer))
        }),
    };
    (plan, asked)
}

async fn read(script: Script, size: u32) -> (Vec<String>, Option<ErrorKind>, Vec<u32>) {
    let (plan, asked) = plan(script, size);
    let mut rows = Rows::new(Pages::new(Ok(plan), None));
    let (mut came, mut error) = (Vec::new(), None);
    while let Some(row) = rows.next().await {
        match row {
            Ok(row) => came.push(row),
            Err(why) => error = Some(why.kind()),
        }
    }
    assert!(rows.next().await.is_none(), "it goes on after its end");
    let asked = asked.lock().unwrap().clone();
    (came, error, asked)
}

#[tokio::test]
async fn it_stops_where_the_total_is_reached() {
    let script = vec![(&["a", "b"][..], Some(3)), (&["c"], Some(3))];
    assert_eq!(
        read(script, 2).await,
        (vec!["a".into(), "b".into(), "c".into()], None, vec![1, 2])
    );
    assert_eq!(read(vec![(&[], Some(0))], 2).await, (vec![], None, vec![1]));
}

#[tokio::test]
async fn a_service_that_gives_smaller_pages_is_read_to_the_end() {
    let script = vec![
        (&["a", "b"][..], Some(4)),
        (&["c", "d"], Some(4)),
        (&["never"], Some(4)),
    ];
    assert_eq!(read(script, 1000).await.0, ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn without_a_total_a_short_page_is_the_last() {
    let script = vec![(&["a", "b"][..], None), (&["c"], None)];
    let (came, error, _) = read(script, 2).await;
    assert_eq!((came.len(), error), (3, None));
    // All in one answer, however long the page, and the same again for the next.
    let script = vec![(&["a", "b", "c"][..], None), (&["a", "b", "c"], None)];
    let (came, error, _) = read(script, 2).await;
    assert_eq!((came.len(), error), (3, None));
}

#[tokio::test]
async fn without_a_total_pages_shorter_than_asked_for_may_be_as_long_as_they_get() {
    let script = vec![(&["a", "b"][..], None), (&["c", "d"], None), (&["e"], None)];
    let (came, error, asked) = read(script, 1000).await;
    assert_eq!((came.len(), error, asked), (5, None, vec![1, 2, 3]));
    // Rows that can't be told apart might come again for ever.
    let (mut plan, _) = plan(vec![(&["a", "b"][..], None)], 1000);
    plan.id = None;
    let rows = Rows::new(Pages::new(Ok(plan), None));
    assert_eq!(rows.all().await.unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn a_total_that_more_rows_came_than_is_none() {
    for total in [0, 3] {
        let script = vec![
            (&["a", "b"][..], Some(total)),
            (&["c", "d"], Some(total)),
            (&["e"], Some(total)),
        ];
        let (came, error, asked) = read(script, 2).await;
        assert_eq!(
            (came.len(), error, asked),
            (5, None, vec![1, 2, 3]),
            "{total}"
        );
    }
    let (plan, _) = plan(vec![(&["a", "b"][..], Some(0))], 2);
    let mut pages = Pages::new(Ok(plan), None);
    assert_eq!(pages.next().await.unwrap().unwrap().total, None);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_told_after_its_page_and_costs_no_other() {
    let script = || {
        vec![
            (&["a", "!odd", "b"][..], Some(6)),
            (&["!odd", "!worse", "c"], Some(6)),
            (&["d"], Some(6)),
        ]
    };
    let (plan, _) = plan(script(), 3);
    let mut rows = Rows::new(Pages::new(Ok(plan), None));
    let mut came = Vec::new();
    while let Some(row) = rows.next().await {
        came.push(match row {
            Ok(row) => row,
            Err(error) => format!("{}: {}", error.element().unwrap(), error.body()),
        });
    }
    assert_eq!(came, ["a", "b", "1: odd", "c", "1: worse", "d"]);
    assert_eq!(rows.cursor().rows_seen(), 6);

    // Who doesn't want to do without it stops there.
    let (plan, _) = super::tests::plan(script(), 3);
    let error = Rows::new(Pages::new(Ok(plan), None)).all().await;
    assert_eq!(error.unwrap_err().element(), Some(1));
    let one = Page::of(listing(&["a", "!odd"], None), NonZeroU32::MIN);
    assert_eq!(one.unwrap_err().element(), Some(1));
}

#[tokio::test]
async fn a_row_that_shifted_onto_the_next_page_comes_once() {
    let script = vec![
        (&["a", "b"][..], Some(3)),
        (&["b", "c"], Some(4)),
        (&["c"], Some(4)),
        (&["new"], Some(4)),
    ];
    let (came, error, _) = read(script, 2).await;
    assert_eq!(
        (came, error),
        (vec!["a".into(), "b".into(), "c".into(), "new".into()], None)
    );
}

#[tokio::test]
async fn fewer_rows_than_promised_are_told_after_those_that_came() {
    // `a` was removed after the first page; `c` shifted onto it, unseen.
    let script = vec![(&["a", "b"][..], Some(4)), (&["d"], Some(3))];
    assert_eq!(
        read(script, 2).await,
        (
            vec!["a".into(), "b".into(), "d".into()],
            Some(ErrorKind::Incomplete),
            vec![1, 2]
        )
    );
    let script = vec![(&["a"][..], Some(2)), (&[], Some(2))];
    assert_eq!(read(script, 1).await.1, Some(ErrorKind::Incomplete));
}

#[tokio::test]
async fn a_service_that_answers_one_page_for_ever_is_left_alone() {
    let script = vec![(&["a", "b"][..], Some(1_000_000)); 50];
    let (came, error, asked) = read(script, 2).await;
    assert_eq!((came.len(), error), (2, Some(ErrorKind::Incomplete)));
    assert_eq!(asked, [1, 2, 3, 4]);
}

#[tokio::test]
async fn after_an_error_the_cursor_goes_on_from_there() {
    let (first, _) = plan(vec![(&["a", "b"][..], Some(4))], 2);
    let mut rows = Rows::new(Pages::new(Ok(first), None));
    assert_eq!(rows.next().await.unwrap().unwrap(), "a");
    assert_eq!(rows.next().await.unwrap().unwrap(), "b");
    assert!(rows.next().await.unwrap().is_err());
    assert!(rows.next().await.is_none());

    let (second, asked) = plan(vec![(&["c", "d"][..], Some(4))], 2);
    let rest = Rows::new(Pages::new(Ok(second), Some(rows.cursor())));
    assert_eq!(rest.all().await.unwrap(), ["c", "d"]);
    assert_eq!(*asked.lock().unwrap(), [2]);
}

#[tokio::test]
async fn a_cursor_within_a_page_gives_the_rest_of_it() {
    for with_id in [true, false] {
        let plan = |script| {
            let (mut plan, asked) = plan(script, 3);
            if !with_id {
                plan.id = None;
            }
            (plan, asked)
        };
        let (first, _) = plan(vec![(&["a", "b", "c"][..], Some(4))]);
        let mut rows = Rows::new(Pages::new(Ok(first), None));
        rows.next().await.unwrap().unwrap();
        rows.next().await.unwrap().unwrap();
        let stored = serde_json::to_string(&rows.cursor()).unwrap();
        let cursor: Cursor = serde_json::from_str(&stored).unwrap();
        assert_eq!((cursor.rows_seen(), cursor.next_page()), (2, 1));

        let (second, _) = plan(vec![(&["a", "b", "c"][..], Some(4)), (&["d"], Some(4))]);
        let rest = Rows::new(Pages::new(Ok(second), Some(cursor)));
        assert_eq!(rest.all().await.unwrap(), ["c", "d"], "{with_id}");
    }
}

#[tokio::test]
async fn a_cursor_at_the_end_asks_for_nothing() {
    let (first, _) = plan(vec![(&["a"][..], Some(1))], 2);
    let mut pages = Pages::new(Ok(first), None);
    assert_eq!(pages.next().await.unwrap().unwrap().rows, ["a"]);
    assert!(pages.next().await.is_none());
    assert!(pages.cursor().is_done());

    let (second, asked) = plan(vec![], 2);
    assert!(
        Pages::new(Ok(second), Some(pages.cursor()))
            .next()
            .await
            .is_none()
    );
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn rows_without_an_id_are_all_handed_out_and_not_counted() {
    let (mut plan, _) = plan(vec![(&["a", "a"][..], Some(4)), (&["b"], Some(3))], 2);
    plan.id = None;
    let rows = Rows::new(Pages::new(Ok(plan), None));
    assert_eq!(rows.all().await.unwrap(), ["a", "a", "b"]);
}

#[tokio::test]
async fn a_faulty_question_is_told_first_and_once() {
    let mut pages: Pages<String> = Pages::new(Err(Error::invalid("no")), None);
    assert_eq!(
        pages.next().await.unwrap().unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    assert!(pages.next().await.is_none());
}

#[test]
fn what_is_handed_to_another_thread_may_be() {
    fn is_send<T: Send + 'static>() {}
    is_send::<Pages<String>>();
    is_send::<Rows<String>>();
}

/// A cursor is stored outside, where anybody may write anything into it.
#[tokio::test]
async fn a_cursor_at_its_maximum_is_no_overflow() {
    let stored = serde_json::json!({
        "of": Cursor::of(b"everything", None).unwrap().of, "page": u32::MAX, "taken": usize::MAX,
        "seen": u64::MAX, "promised": u64::MAX, "recent": ["a"], "done": false,
    });
    for id in [true, false] {
        let cursor: Cursor = serde_json::from_value(stored.clone()).unwrap();
        let (mut plan, _) = plan(vec![(&["a", "b", "c"][..], Some(u64::MAX))], 3);
        plan.id = plan.id.filter(|_| id);
        let mut rows = Rows::new(Pages::new(Ok(plan), Some(cursor)));
        while let Some(row) = rows.next().await {
            row.unwrap();
            assert_eq!(rows.cursor().rows_seen(), u64::MAX);
        }
        assert!(rows.cursor().is_done());
    }
}
