//! The binary's commands, as an operator types them.

use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let toml = format!(
            "encryption_key_file = \"lifeboat.key\"\nterraform_dir = \"{}/../terraform\"\nroles = [\"web\"]\n",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::write(folder.path().join("lifeboat.toml"), toml).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the binary under test, with a cleared environment"
    )]
    fn run(&self, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Output {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_lifeboat"))
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads nothing may have ended already.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn good(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input, &[]);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    #[track_caller]
    fn bad(&self, arguments: &[&str], input: &str, code: i32) -> String {
        let output = self.run(arguments, input, &[]);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        text(&output.stderr)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn from_an_empty_folder_to_the_first_token() {
    let folder = Folder::new();
    let early = folder.bad(&["migrate"], "", 0);
    assert_eq!(early, "", "a database needs no key");
    let missing = folder.bad(
        &["token", "create", "--login", "ana", "--name", "ci", "--days", "1"],
        "",
        2,
    );
    assert!(
        missing.contains("encryption_key_file") && missing.contains("lifeboat key generate"),
        "{missing}"
    );
    folder.good(&["key", "generate", "--out", "lifeboat.key"], "");
    let kept = folder.bad(&["key", "generate", "--out", "lifeboat.key"], "", 1);
    assert!(kept.contains("exists and is kept"), "{kept}");

    let add = [
        "user",
        "add",
        "--login",
        "ana",
        "--name",
        "Ana",
        "--member",
        "payments:requester,viewer",
    ];
    let asked = folder.bad(&add, "", 2);
    assert!(asked.contains("--password-stdin"), "{asked}");
    let add = [&add[..], &["--password-stdin"]].concat();
    let weak = folder.bad(&add, "x\n", 1);
    assert!(weak.contains("password"), "{weak}");
    folder.good(&add, "correct horse battery staple\n");
    let twice = folder.bad(&add, "correct horse battery staple\n", 1);
    assert!(twice.contains("ana"), "{twice}");
    let role = folder.bad(
        &[
            "user",
            "add",
            "--login",
            "b",
            "--name",
            "B",
            "--member",
            "x:cook",
            "--password-stdin",
        ],
        "",
        2,
    );
    assert!(role.contains("approver"), "{role}");

    let token = folder.good(
        &["token", "create", "--login", "ana", "--name", "ci", "--days", "1"],
        "",
    );
    assert!(
        token.trim().starts_with("lb_") && token.lines().count() == 1,
        "nothing but the token"
    );
    let long = folder.bad(
        &[
            "token", "create", "--login", "ana", "--name", "ci", "--days", "366",
        ],
        "",
        1,
    );
    assert!(long.contains("days"), "{long}");
    let unknown = folder.bad(
        &["token", "create", "--login", "bob", "--name", "ci", "--days", "1"],
        "",
        1,
    );
    assert!(unknown.contains("no such person"), "{unknown}");
}

#[test]
fn a_configuration_that_cannot_be_used_names_the_key() {
    let folder = Folder::new();
    let output = folder.run(&["migrate"], "", &[("LIFEBOAT_WORKER_SLOT", "1")]);
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert!(
        told.contains("worker_slot") && told.contains("worker_slots"),
        "{told}"
    );
    std::fs::remove_file(folder.path().join("lifeboat.toml")).unwrap();
    assert!(
        folder.run(&["migrate"], "", &[]).status.success(),
        "a file is not needed"
    );
    let output = folder.run(&["--config", "nowhere.toml", "migrate"], "", &[]);
    assert!(text(&output.stderr).contains("nowhere.toml"));
}

#[test]
fn the_doctor_says_what_to_do() {
    let folder = Folder::new();
    let output = folder.run(&["doctor"], "", &[]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("BAD   key") && told.contains("lifeboat key generate"),
        "{told}"
    );
    assert!(
        told.contains("BAD   database") && told.contains("lifeboat migrate"),
        "{told}"
    );
    folder.good(&["key", "generate", "--out", "lifeboat.key"], "");
    folder.good(&["migrate"], "");
    let told = folder.good(&["doctor"], "");
    assert!(told.contains("everything the portal needs is there"), "{told}");
}

#[test]
fn the_document_is_written_to_a_file_or_the_terminal() {
    let folder = Folder::new();
    folder.good(&["openapi", "--out", "openapi.json"], "");
    let file = std::fs::read_to_string(folder.path().join("openapi.json")).unwrap();
    assert_eq!(folder.good(&["openapi"], ""), file);
    assert!(file.contains("\"openapi\": \"3.1."));
}
