//! Calls that wait, in a program without an async runtime.
#![cfg(feature = "blocking")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::{
    io::{self, Read, Write},
    net::TcpListener,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
    time::Duration,
};

use benchmark_email::{
    Client, Error, ErrorKind, NewContact, Value, blocking, contacts::Upserted, retry::RetryPolicy,
};
use benchmark_email_sandbox::Sandbox;
use tokio::runtime::{Builder, Runtime};

fn client_of(sandbox: &Sandbox) -> blocking::Client {
    Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .build_blocking()
        .unwrap()
}

/// A sandbox in a runtime that runs elsewhere, and a client in none.
fn start() -> (Runtime, Sandbox, blocking::Client) {
    let elsewhere = Runtime::new().unwrap();
    let sandbox = elsewhere.block_on(Sandbox::start()).unwrap();
    let client = client_of(&sandbox);
    (elsewhere, sandbox, client)
}

fn is_inside<T>(result: Result<T, Error>) -> bool {
    result.is_err_and(|error| error.kind() == ErrorKind::InsideRuntime && error.attempts() == 0)
}

/// What the closure answers, unless it hangs.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, answer) = mpsc::channel();
    thread::spawn(move || done.send(work()));
    answer.recv_timeout(Duration::from_secs(20)).unwrap()
}

#[test]
fn a_contact_lives_its_life() {
    let (_elsewhere, _sandbox, client) = start();
    let structure = client.structures().primary().unwrap();
    let contacts = client.contacts();

    let new = NewContact::new(&structure, "jane@example.com");
    let jane = contacts
        .create(new.field("First Name", "Jane").unwrap())
        .unwrap();
    assert_eq!(contacts.get(&jane.id).unwrap(), jane);
    let found = contacts.find(&structure, "jane@example.com").unwrap();
    assert_eq!(found.unwrap().id, jane.id);

    let mut jane = contacts.update(&jane.id, |c| c.set("Seats", 3)).unwrap();
    jane.add_tag(&structure, "VIP").unwrap();
    let jane = contacts.replace(&jane).unwrap();
    assert!(jane.has_tag(&structure.tag("VIP").unwrap().id));
    let upserted = contacts.upsert(&structure, "jane@example.com", |c| c.set("Seats", 4));
    let Upserted::Updated(jane) = upserted.unwrap() else {
        panic!("she was there");
    };
    let seats = jane.field(&structure, "Seats").unwrap();
    assert_eq!(seats.and_then(Value::as_i64), Some(4));

    assert!(contacts.unsubscribe(&jane.id).unwrap().is_inactive());
    assert_eq!(contacts.delete(&jane.id).unwrap().unwrap().id, jane.id);
    assert!(contacts.get(&jane.id).unwrap_err().is_not_found());
}

#[test]
fn streams_and_searches_are_iterators() {
    let (_elsewhere, sandbox, client) = start();
    sandbox.generate_contacts(25).unwrap();
    let structure = client.structures().primary().unwrap();
    let contacts = client.contacts();

    let streamed: Vec<_> = contacts.stream().map(|c| c.unwrap().id).collect();
    let listed: Vec<_> = contacts.list().unwrap().into_iter().map(|c| c.id).collect();
    assert_eq!((streamed.len(), &streamed), (25, &listed));

    let search = contacts.search(&structure).everybody().page_size(10);
    assert_eq!(search.page(3).unwrap().rows.len(), 5);
    let pages: Vec<_> = search.clone().pages().map(|p| p.unwrap().number).collect();
    assert_eq!(pages, [1, 2, 3]);
    let mut rows = search.clone().stream();
    let first: Vec<_> = rows.by_ref().take(12).map(Result::unwrap).collect();
    let rest: Vec<_> = search
        .clone()
        .resume(rows.cursor())
        .stream()
        .map(Result::unwrap)
        .collect();
    assert_eq!((first.len(), rest.len()), (12, 13));
    assert!(!rest.contains(&first[11]));

    let mut output = io::BufWriter::with_capacity(1 << 20, Vec::new());
    let bytes = search.export_to(&mut output).unwrap();
    // Nothing is held back.
    let csv = output.get_ref().clone();
    assert_eq!(bytes, csv.len() as u64);
    assert_eq!(String::from_utf8(csv).unwrap().lines().count(), 26);
}

#[test]
fn structures_and_lists_are_reached_and_whatever_else_there_is() {
    let (_elsewhere, _sandbox, client) = start();
    let structure = client.structures().primary().unwrap();
    assert_eq!(
        client.structures().all().unwrap(),
        std::slice::from_ref(&structure)
    );
    assert_eq!(client.structures().get(structure.id()).unwrap(), structure);

    let lists = client.lists(structure.id());
    let news = lists.create("News").unwrap();
    let news = lists.rename(&news, "Monthly News").unwrap();
    let copy = lists.duplicate(&news.id, "Copy").unwrap();
    let ids = [news.id.clone(), copy.id];
    let both = lists.merge(&ids, "Both").unwrap();
    assert_eq!(lists.get(&both.id).unwrap().name, "Both");
    lists.delete_many(&ids).unwrap();
    lists.delete(&both.id).unwrap();
    assert_eq!(lists.all().unwrap(), []);

    let new = NewContact::new(&structure, "jane@example.com");
    let jane = client.contacts().create(new).unwrap();
    let page = client.run(async |client| client.contacts().events(&jane.id).page(1).await);
    let rows = client.iterate(|client| client.contacts().events(&jane.id).stream());
    let rows: Result<Vec<_>, _> = rows.collect();
    assert_eq!(page.unwrap().rows, rows.unwrap());
}

#[test]
fn every_call_in_a_task_is_refused_before_anything_is_sent() {
    let (_elsewhere, sandbox, client) = start();
    let structure = client.structures().primary().unwrap();
    let asked = sandbox.requests().len();
    let refused = in_time(move || {
        let of_one = Builder::new_current_thread().enable_all().build().unwrap();
        let of_many = Runtime::new().unwrap();
        let calls = |client: &blocking::Client| {
            let mut stream = client.contacts().stream();
            let streamed = stream.next().unwrap();
            assert!(stream.next().is_none(), "an error ends an iterator");
            [
                is_inside(client.structures().primary()),
                is_inside(client.lists(structure.id()).all()),
                is_inside(
                    client
                        .contacts()
                        .upsert(&structure, "j@example.com", |c| Ok(c)),
                ),
                is_inside(streamed),
                is_inside(client.run(async |_| Ok(()))),
            ]
        };
        let spawned = client.clone();
        [
            of_one.block_on(async { is_inside(client.contacts().list()) }),
            of_many.block_on(async { calls(&client) == [true; 5] }),
            of_many.block_on(async {
                let task = tokio::spawn(async move { is_inside(spawned.contacts().list()) });
                task.await.unwrap()
            }),
        ]
    });
    assert_eq!(refused, [true; 3]);
    assert_eq!(sandbox.requests().len(), asked);
}

#[test]
fn calls_are_made_where_tokio_lets_a_program_block() {
    let (_elsewhere, _sandbox, client) = start();
    let listed = in_time(move || {
        let of_one = Builder::new_current_thread().enable_all().build().unwrap();
        let of_many = Runtime::new().unwrap();
        let list = move || client.contacts().list().is_ok();
        let (first, second, third) = (list.clone(), list.clone(), list.clone());
        let blocking = async |list| tokio::task::spawn_blocking(list).await.unwrap();
        let in_place = async move { tokio::task::block_in_place(third) };
        let _guard = of_one.enter();
        [
            of_one.block_on(blocking(first)),
            of_many.block_on(blocking(second)),
            of_many.block_on(async { tokio::spawn(in_place).await.unwrap() }),
            list(),
        ]
    });
    assert_eq!(listed, [true; 4]);
}

#[tokio::test]
async fn a_client_may_be_built_and_dropped_inside_a_runtime() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox);
    // A thread of its own is outside, also while the runtime goes on.
    let used = client.clone();
    let (done, answer) = tokio::sync::oneshot::channel();
    thread::spawn(move || {
        let mut stream = used.contacts().stream();
        let first = stream.next().is_none();
        drop(used);
        done.send((first, stream)).map_err(drop).unwrap();
    });
    let (was_empty, stream) = answer.await.unwrap();
    assert!(was_empty);
    drop(client);
    // The last to hold the runtime.
    drop(stream);
}

#[test]
fn the_thread_of_a_client_ends_with_its_last_clone() {
    let (_elsewhere, _sandbox, client) = start();
    let held = client.run(async |_| Ok(tokio::runtime::Handle::current()));
    let handle = held.unwrap();
    let stream = client.contacts().stream();
    drop(client);
    let alive = handle.spawn(async {});
    drop(stream);
    let dead = handle.spawn(async {});
    let ended = Builder::new_current_thread().build().unwrap();
    assert!(ended.block_on(alive).is_ok());
    assert!(ended.block_on(dead).unwrap_err().is_cancelled());
}

#[test]
fn several_threads_may_use_one_client_at_once() {
    let (_elsewhere, sandbox, client) = start();
    let structure = client.structures().primary().unwrap();
    thread::scope(|threads| {
        for name in 0..8 {
            let (client, structure) = (client.clone(), &structure);
            threads.spawn(move || {
                let key = format!("n{name}@example.com");
                let new = NewContact::new(structure, key.as_str());
                let created = client.contacts().create(new).unwrap();
                for seats in 0..3_i64 {
                    let contacts = client.contacts();
                    contacts
                        .update(&created.id, |c| c.set("Seats", seats))
                        .unwrap();
                }
            });
        }
    });
    let all = client.contacts().list().unwrap();
    assert_eq!(all.len(), 8);
    for contact in &all {
        let seats = contact.field(&structure, "Seats").unwrap();
        assert_eq!(seats.and_then(Value::as_i64), Some(2));
    }
    assert!(sandbox.requests().len() > 8 * 7);
}

#[test]
fn a_closure_that_panics_leaves_the_client_usable() {
    let (_elsewhere, _sandbox, client) = start();
    let structure = client.structures().primary().unwrap();
    let new = NewContact::new(&structure, "jane@example.com");
    let jane = client.contacts().create(new).unwrap();
    let told = catch_unwind(AssertUnwindSafe(|| {
        client
            .contacts()
            .update(&jane.id, |_| panic!("in the closure"))
    }));
    assert!(told.is_err());
    let jane = in_time(move || client.contacts().update(&jane.id, |c| c.set("Seats", 1)));
    assert!(jane.is_ok());
}

#[test]
fn a_call_within_a_closure_is_refused_and_waits_for_nothing() {
    let (_elsewhere, _sandbox, client) = start();
    let structure = client.structures().primary().unwrap();
    let new = NewContact::new(&structure, "jane@example.com");
    let jane = client.contacts().create(new).unwrap();
    let refused = in_time(move || {
        let contacts = client.contacts();
        contacts.update(&jane.id, |c| {
            contacts.unsubscribe(&jane.id)?;
            Ok(c)
        })
    });
    assert!(is_inside(refused));
}

/// A server that answers with an empty array and closes the connection a moment later, though it never
/// said that it would.
fn impatient_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = Vec::new();
            let mut piece = [0; 1024];
            while !request.ends_with(b"\r\n\r\n") {
                let count = connection.read(&mut piece).unwrap();
                request.extend_from_slice(&piece[..count]);
            }
            let answer =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]";
            connection.write_all(answer.as_bytes()).unwrap();
            thread::sleep(Duration::from_millis(20));
        }
    });
    url
}

#[test]
fn a_connection_that_the_server_closed_between_calls_is_not_used_again() {
    let client = Client::builder()
        .base_url(impatient_server())
        .api_key("bme_us_0123456789")
        .retry(RetryPolicy::none())
        .build_blocking()
        .unwrap();
    for _ in 0..5 {
        assert_eq!(client.contacts().list().unwrap(), []);
        thread::sleep(Duration::from_millis(60));
    }
}

#[test]
fn what_is_written_to_may_fail_or_be_interrupted() {
    struct Fickle(Vec<u8>, u32);
    impl Write for Fickle {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 += 1;
            match self.1 {
                1 => Err(io::ErrorKind::Interrupted.into()),
                2 => self.0.write(&bytes[..1]),
                _ => Err(io::ErrorKind::StorageFull.into()),
            }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let (_elsewhere, sandbox, client) = start();
    sandbox.generate_contacts(1).unwrap();
    let structure = client.structures().primary().unwrap();
    let search = client.contacts().search(&structure).everybody();
    let mut output = Fickle(Vec::new(), 0);
    let error = search.export_to(&mut output).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Output);
    assert_eq!((output.0.len(), output.1), (1, 3));
}
