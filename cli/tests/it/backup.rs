//! `bme backup`: all of it or nothing, and what is wrong with one.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Stdio,
    thread,
};

use serde_json::{Value, json};

use super::support::{bme, on, run, said, sandbox};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn all_that_the_account_holds_is_written_by_three_requests() {
    let sandbox = sandbox();
    let above = tempfile::tempdir().unwrap();
    let place = above.path().join("backup");
    let made = run(on(&sandbox, &["backup"]).arg(&place));
    assert_eq!(made.code, 0, "{}", made.err);
    let requests = sandbox.requests();
    let asked: Vec<_> = requests
        .iter()
        .filter_map(|request| request.operation)
        .collect();
    assert_eq!(asked, ["listStructures", "listAllLists", "listContacts"]);

    assert_eq!(
        names(&place),
        [
            "contacts.jsonl",
            "lists.json",
            "manifest.json",
            "structures.json"
        ]
    );
    let rights = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(rights(&place), 0o700);
    for name in names(&place) {
        let path = place.join(name);
        assert_eq!(rights(&path), 0o600);
        assert!(
            !fs::read_to_string(path)
                .unwrap()
                .contains(sandbox.api_key())
        );
    }
    let read = |name| fs::read_to_string(place.join(name)).unwrap();
    let contacts = read("contacts.jsonl");
    let keys: Vec<_> = contacts
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["key"].take())
        .collect();
    assert_eq!(
        keys,
        [
            "jane.smith@example.com",
            "misaki@example.jp",
            "rene@example.org"
        ]
    );
    let lists: Value = serde_json::from_str(&read("lists.json")).unwrap();
    assert_eq!(lists[0]["structure"], "64a1b2c3d4e5f6a7b8c9d0e1");
    assert_eq!(lists[0]["lists"][0]["name"], "Newsletter");
    let manifest: Value = serde_json::from_str(&read("manifest.json")).unwrap();
    assert_eq!(manifest["files"][2]["records"], 3);
    assert_eq!(manifest["baseUrl"], sandbox.base_url());

    // Once more into the same folder would mix two days.
    let again = run(on(&sandbox, &["backup"]).arg(&place));
    assert_eq!(again.code, 1, "{}", again.out);
    assert!(again.err.contains("it isn't empty"), "{}", again.err);
    assert_eq!(sandbox.requests().len(), 3);
}

#[test]
fn an_archive_holds_the_same_and_is_looked_over_from_a_pipe() {
    let sandbox = sandbox();
    let made = on(&sandbox, &["backup", "-", "--events"]).output().unwrap();
    let archive = made.stdout;
    let told = String::from_utf8(made.stderr).unwrap();
    assert!(made.status.success(), "{told}");
    assert!(
        told.starts_with("3 contacts, 1 structure, 2 lists, 2 events;"),
        "{told}"
    );
    let mut entries = tar::Archive::new(archive.as_slice());
    let entries: Vec<_> = entries
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap().path().unwrap().display().to_string())
        .collect();
    assert_eq!(
        entries,
        [
            "structures.json",
            "lists.json",
            "contacts.jsonl",
            "events.jsonl",
            "manifest.json"
        ]
    );
    let verified = |bytes: &[u8]| {
        let mut child = bme(&["backup", "verify", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        said(child.wait_with_output().unwrap())
    };
    let whole = verified(&archive);
    assert_eq!(whole.code, 0, "{}", whole.err);
    let cut = verified(&archive[..archive.len() / 2]);
    assert_eq!(cut.code, 1, "{}", cut.out);
    assert!(cut.err.contains("there is no manifest.json"), "{}", cut.err);
}

/// Answers as an account of 200 contacts does, and cuts the contacts off after so many bytes of its answer.
fn cut_off(bytes: usize, in_chunks: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let serve = move |mut socket: TcpStream| {
        let mut request = Vec::new();
        let mut part = [0; 4096];
        while !request.ends_with(b"\r\n\r\n") {
            let read = socket.read(&mut part).unwrap_or(0);
            if read == 0 {
                return;
            }
            request.extend_from_slice(&part[..read]);
        }
        let line = String::from_utf8_lossy(&request);
        let path = line.split(' ').nth(1).unwrap().split('?').next().unwrap();
        let is_contacts = path == "/api/contact";
        let body = if is_contacts {
            contacts()
        } else if path.ends_with("contact-structure") {
            json!([structure()]).to_string()
        } else {
            "[]".to_owned()
        };
        let answer = if in_chunks && is_contacts {
            let chunks = body.as_bytes().chunks(1000).map(|chunk| {
                format!(
                    "{:x}\r\n{}\r\n",
                    chunk.len(),
                    String::from_utf8_lossy(chunk)
                )
            });
            let chunks: String = chunks.collect();
            format!("Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n")
        } else {
            format!("Content-Length: {}\r\n\r\n{body}", body.len())
        };
        let answer = format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n{answer}"
        );
        let end = if is_contacts {
            bytes.min(answer.len() - 1)
        } else {
            answer.len()
        };
        let _ = socket.write_all(&answer.as_bytes()[..end]);
        let _ = socket.shutdown(Shutdown::Both);
    };
    thread::spawn(move || listener.incoming().flatten().for_each(serve));
    base_url
}

fn structure() -> Value {
    json!({ "_id": "64a1b2c3d4e5f6a7b8c9d0e1", "label": "Default", "fields": [], "tags": [], "__v": 0 })
}

fn contacts() -> String {
    let contacts = (0..200).map(|number| {
        json!({
            "_id": format!("66f1a6e4698f1bca{number:08x}"),
            "key": format!("person{number}@example.com"),
            "contactStructureId": "64a1b2c3d4e5f6a7b8c9d0e1",
            "fields": [], "lists": [], "tags": [], "__v": 0,
        })
    });
    contacts.collect::<Value>().to_string()
}

#[test]
fn a_connection_that_is_cut_anywhere_leaves_no_manifest() {
    const HEAD: usize = 120;
    let length = HEAD + contacts().len();
    for round in 0..50 {
        // Within the body: what breaks off before it is asked for anew, and waited for.
        let bytes = HEAD + rand::random_range(0..length - HEAD);
        let above = tempfile::tempdir().unwrap();
        let place = above.path().join("backup");
        let base_url = cut_off(bytes, round % 2 == 0);
        let target = if round % 4 < 2 {
            place.to_str().unwrap()
        } else {
            "-"
        };
        let made = bme(&["backup", target])
            .env("BENCHMARK_EMAIL_BASE_URL", base_url)
            .env(
                "BENCHMARK_EMAIL_API_KEY",
                "bme_us_0123456789012345678901234567890123456789012",
            )
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&made.stderr);
        assert_eq!(made.status.code(), Some(1), "{bytes} bytes: {told}");
        assert!(told.contains("the list broke off"), "{bytes} bytes: {told}");
        assert_eq!(made.stdout, b"", "{bytes} bytes");
        assert_eq!(names(above.path()), [""; 0], "{bytes} bytes");
    }
}

#[test]
fn the_pipes_that_the_page_shows_do_what_it_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/backup.md");
    let page = fs::read_to_string(page).unwrap();
    let blocks: Vec<_> = page.split("```sh\n").skip(1).collect();
    assert_eq!(blocks.len(), 1);
    let script = blocks[0].split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = Path::new(env!("CARGO_BIN_EXE_bme")).parent().unwrap();
    let path = format!("{}:{}", path.display(), std::env::var("PATH").unwrap());
    let sandbox = sandbox();
    let done = std::process::Command::new("sh")
        .args(["-ec", script])
        .current_dir(&folder)
        .env("PATH", path)
        .env("BENCHMARK_EMAIL_BASE_URL", sandbox.base_url())
        .env("BENCHMARK_EMAIL_API_KEY", sandbox.api_key())
        .output()
        .unwrap();
    let done = said(done);
    assert_eq!(done.code, 0, "{}", done.err);
    for place in ["account.tar.gz", "unpacked"] {
        assert!(
            done.out.contains(&format!("{place}: 3 contacts")),
            "{}",
            done.out
        );
    }
}
