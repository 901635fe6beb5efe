//! `bme sandbox` as a program: what it prints, when it ends, what it keeps.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

struct Running {
    program: Child,
    address: String,
    key: String,
    rest: BufReader<std::process::ChildStdout>,
}

fn start(options: &[&str]) -> Running {
    running(sandbox().args(options))
}

fn running(command: &mut Command) -> Running {
    let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut rest = BufReader::new(program.stdout.take().unwrap());
    let mut line = |name: &str| {
        let mut line = String::new();
        rest.read_line(&mut line).unwrap();
        line.trim_end()
            .strip_prefix(&format!("export {name}="))
            .expect(&line)
            .to_owned()
    };
    let url = line("BENCHMARK_EMAIL_BASE_URL");
    let key = line("BENCHMARK_EMAIL_API_KEY");
    Running {
        program,
        address: url.strip_prefix("http://").unwrap().to_owned(),
        key,
        rest,
    }
}

impl Running {
    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-API-Key: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.key,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&mut self, name: &str) -> std::process::ExitStatus {
        let id = self.program.id().to_string();
        let sent = Command::new("kill").args([format!("-{name}"), id]).status();
        assert!(sent.unwrap().success());
        self.program.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[test]
fn it_prints_two_lines_to_copy_and_ends_when_asked() {
    for signal in ["INT", "TERM"] {
        let mut running = start(&["--contacts", "3"]);
        assert!(running.key.starts_with("bme_us_"));
        let answer = running.ask("GET", "/api/contact", "");
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert_eq!(answer.matches("contactStructureId").count(), 3);
        assert!(running.signal(signal).success());
        let mut rest = String::new();
        running.rest.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

#[test]
fn a_search_lags_as_long_as_it_is_told_to() {
    let running = start(&["--search-lag", "1m 30s"]);
    let overview = running.ask("GET", "/_sandbox", "");
    assert!(overview.contains(r#""searchLagMs":90000"#), "{overview}");
    for wrong in ["-1s", "2", "soon"] {
        let said = refused(sandbox().arg(format!("--search-lag={wrong}")));
        assert!(said.contains("such as 2s, 500ms or 1m 30s"), "{said}");
    }
}

#[test]
fn a_kill_loses_nothing_that_was_answered() {
    let path = std::env::temp_dir().join(format!("bme-state-{}", std::process::id()));
    let options = ["--state", path.to_str().unwrap()];
    let mut running = start(&options);
    let structure = running.ask("GET", "/api/contact-structure", "");
    let (_, structure) = structure.split_once("\"_id\":\"").unwrap();
    let structure: String = structure.chars().take(24).collect();
    for number in 0..20 {
        let body =
            format!(r#"{{"key":"c{number}@example.com","contactStructureId":"{structure}"}}"#);
        assert!(
            running
                .ask("POST", "/api/contact", &body)
                .starts_with("HTTP/1.1 200 OK")
        );
    }
    running.signal("KILL");
    let running = start(&options);
    let all = running.ask("GET", "/api/contact", "");
    drop(running);
    std::fs::remove_file(&path).unwrap();
    std::fs::remove_file(path.with_extension("lock")).unwrap();
    assert_eq!(all.matches("@example.com").count(), 20, "{all}");
}

/// The two lines that `bme sandbox` prints first, as they are.
fn printed(command: &mut Command) -> [String; 2] {
    let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let printed = [0; 2].map(|_| lines.next().unwrap().unwrap());
    program.kill().unwrap();
    program.wait().unwrap();
    printed
}

/// What is said by a program that doesn't start; fails at once if it does.
fn refused(command: &mut Command) -> String {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = command.spawn().unwrap();
    let mut first = String::new();
    let mut lines = BufReader::new(program.stdout.take().unwrap());
    lines.read_line(&mut first).unwrap();
    if !first.is_empty() {
        program.kill().unwrap();
    }
    let outcome = program.wait_with_output().unwrap();
    assert_eq!(first, "", "it started");
    assert!(!outcome.status.success());
    String::from_utf8(outcome.stderr).unwrap()
}

fn sandbox() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bme"));
    command.args(["sandbox", "--quiet"]);
    command.env_remove("BENCHMARK_EMAIL_API_KEY");
    command
}

#[test]
fn a_shell_takes_the_printed_lines_as_data() {
    for key in [
        "x$(touch${IFS}made)`touch${IFS}made`",
        "it's;touch${IFS}made",
        "\"&*#~\\",
    ] {
        let folder = std::env::temp_dir().join(format!("bme-shell-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let lines = printed(sandbox().args(["--api-key", key]));
        let script = lines.join("\n") + "\nprintf %s \"$BENCHMARK_EMAIL_API_KEY\"";
        let shell = Command::new("sh")
            .args(["-c", &script])
            .current_dir(&folder)
            .output();
        let made = folder.join("made").exists();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(String::from_utf8(shell.unwrap().stdout).unwrap(), key);
        assert!(!made, "{key} was run");
    }
}

#[test]
fn the_environment_can_give_the_key_which_the_list_of_processes_shows_of_an_option() {
    let [_, line] = printed(sandbox().env("BENCHMARK_EMAIL_API_KEY", "bme_us_mine"));
    assert_eq!(line, "export BENCHMARK_EMAIL_API_KEY=bme_us_mine");
    let help = sandbox()
        .arg("--help")
        .env("BENCHMARK_EMAIL_API_KEY", "bme_us_mine")
        .output();
    let help = String::from_utf8(help.unwrap().stdout).unwrap();
    assert!(
        help.contains("BENCHMARK_EMAIL_API_KEY") && !help.contains("bme_us_mine"),
        "{help}"
    );
}

#[test]
fn a_key_that_no_header_can_carry_is_refused() {
    for key in ["", "two words", "ключ", "tab\there"] {
        let said = refused(sandbox().args(["--api-key", key]));
        assert!(
            said.contains("API key") && said.contains("visible ASCII"),
            "{said}"
        );
        assert!(key.is_empty() || !said.contains(key), "{said}");
    }
}

#[test]
fn who_listens_beyond_this_machine_is_warned() {
    for (listen, warned) in [
        ("127.0.0.1:0", false),
        ("[::1]:0", false),
        ("0.0.0.0:0", true),
    ] {
        let mut program = sandbox()
            .args(["--listen", listen])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        // It is said before the lines to copy.
        assert!(lines.next().is_some());
        program.kill().unwrap();
        let said = program.wait_with_output().unwrap().stderr;
        let said = String::from_utf8(said).unwrap();
        let fits = said.contains("can read and change everything");
        assert_eq!(fits, warned, "{listen}: {said}");
    }
}

#[test]
fn what_is_wrong_with_a_seed_is_said() {
    let path: PathBuf = std::env::temp_dir().join(format!("bme-seed-{}", std::process::id()));
    std::fs::write(&path, r#"{"contacts":[{"name":"Jane"}]}"#).unwrap();
    let said = refused(sandbox().arg("--seed").arg(&path));
    std::fs::remove_file(&path).unwrap();
    assert!(said.contains("contacts[0]: missing field `key`"), "{said}");
}

/// The path of a state file in a folder of its own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("bme-{name}-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn state(&self) -> String {
        self.0.join("state").to_str().unwrap().to_owned()
    }

    /// What is in the folder, by name.
    fn holds(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_state_that_leaves_no_room_for_its_rewrite_is_still_served() {
    let folder = Folder::new("full");
    let state = folder.state();
    start(&["--state", &state, "--contacts", "5000"]).signal("KILL");
    let before = std::fs::read(&state).unwrap();

    // No file may grow beyond 512 KiB; the state has more than that already.
    let limited = "trap '' XFSZ; ulimit -f 1024; exec \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_bme")]);
    command.args(["sandbox", "--quiet", "--state", &state]);
    let full = running(command.env_remove("BENCHMARK_EMAIL_API_KEY"));
    assert_eq!(folder.holds(), ["state", "state.lock"]);
    let overview = full.ask("GET", "/_sandbox", "");
    assert!(overview.contains(r#""contacts":5000"#), "{overview}");
    // What can't be kept isn't done, and says so.
    let structure = full.ask("GET", "/api/contact-structure", "");
    let (_, structure) = structure.split_once("\"_id\":\"").unwrap();
    let structure: String = structure.chars().take(24).collect();
    let body = format!(r#"{{"key":"late@example.com","contactStructureId":"{structure}"}}"#);
    let created = full.ask("POST", "/api/contact", &body);
    assert!(
        created.starts_with("HTTP/1.1 500") && created.contains("can't be written"),
        "{created}"
    );
    drop(full);
    assert_eq!(folder.holds(), ["state", "state.lock"]);
    assert!(
        std::fs::read(&state).unwrap() == before,
        "the file was changed"
    );
}

#[test]
fn a_damaged_state_is_named_and_can_be_salvaged() {
    let folder = Folder::new("damaged");
    let state = folder.state();
    start(&["--state", &state, "--contacts", "20"]).signal("KILL");
    let text = std::fs::read_to_string(&state).unwrap();
    let damaged = text.replacen("Newsletter", "Newsmetter", 1);
    let number = 1 + text
        .lines()
        .position(|line| line.contains("Newsletter"))
        .unwrap();
    std::fs::write(&state, damaged).unwrap();
    let said = refused(sandbox().args(["--state", &state]));
    assert!(said.contains(&format!("line {number}")), "{said}");
    let mut salvaging = sandbox();
    salvaging
        .args(["--state", &state, "--salvage"])
        .stderr(Stdio::piped());
    let mut salvaged = running(&mut salvaging);
    let overview = salvaged.ask("GET", "/_sandbox", "");
    assert!(overview.contains(r#""contacts":20"#), "{overview}");
    salvaged.signal("TERM");
    let mut said = String::new();
    salvaged
        .program
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(said.contains(&format!("left out: {number}\n")), "{said}");
    assert_eq!(folder.holds(), ["state", "state.damaged", "state.lock"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_flood_of_large_bodies_costs_no_more_memory_than_the_log_keeps() {
    let running = start(&[]);
    let body = "x".repeat(1000 * 1024);
    for _ in 0..300 {
        running.ask("POST", "/api/contact", &body);
    }
    let status = format!("/proc/{}/status", running.program.id());
    let status = std::fs::read_to_string(status).unwrap();
    let (_, resident) = status.split_once("VmRSS:").unwrap();
    let kib: u64 = resident.split_whitespace().next().unwrap().parse().unwrap();
    assert!(kib < 128 * 1024, "{kib} KiB");
}

#[test]
fn each_request_is_told_in_a_line_unless_quiet() {
    for quiet in [false, true] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bme"));
        command
            .args(["sandbox", "--seed"])
            .args(quiet.then_some("-q"));
        let mut program = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let mut value = || {
            lines
                .next()
                .unwrap()
                .unwrap()
                .split_once('=')
                .unwrap()
                .1
                .to_owned()
        };
        let (url, key) = (value(), value());
        let get = Command::new(env!("CARGO_BIN_EXE_bme"))
            .args(["contacts", "get", "jane.smith@example.com"])
            .env("BENCHMARK_EMAIL_BASE_URL", url)
            .env("BENCHMARK_EMAIL_API_KEY", key)
            .output()
            .unwrap();
        assert!(get.status.success(), "{get:?}");
        program.kill().unwrap();
        let said = String::from_utf8(program.wait_with_output().unwrap().stderr).unwrap();
        if quiet {
            assert_eq!(said, "");
        } else {
            let told: Vec<&str> = said
                .lines()
                .filter_map(|line| line.split(' ').nth(3))
                .collect();
            assert_eq!(
                told,
                [
                    "listStructures",
                    "searchContacts",
                    "getContact",
                    "listAllLists"
                ],
                "{said}"
            );
            assert!(!said.contains("jane"), "{said}");
        }
    }
}

#[test]
fn a_bare_port_is_one_of_this_machine() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let [url, _] = printed(sandbox().args(["--listen", &port.to_string()]));
    assert_eq!(
        url,
        format!("export BENCHMARK_EMAIL_BASE_URL=http://127.0.0.1:{port}")
    );
    let said = refused(sandbox().args(["--listen", "4010x"]));
    assert!(said.contains("such as 127.0.0.1:4010"), "{said}");
}

#[test]
#[cfg(not(target_os = "macos"))]
fn the_page_is_opened_by_the_desktop() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let (desktop, shown) = (folder.path().join("xdg-open"), folder.path().join("opened"));
    let script = format!(
        "#!/bin/sh\necho \"$1\" > '{0}.new' && mv '{0}.new' '{0}'\n",
        shown.display()
    );
    std::fs::write(&desktop, script).unwrap();
    std::fs::set_permissions(&desktop, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    let mut program = sandbox()
        .arg("--open")
        .env("PATH", path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let url = lines
        .next()
        .unwrap()
        .unwrap()
        .split_once('=')
        .unwrap()
        .1
        .to_owned();
    while !shown.exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    program.kill().unwrap();
    program.wait().unwrap();
    assert_eq!(std::fs::read_to_string(&shown).unwrap().trim(), url);
}
