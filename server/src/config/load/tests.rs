use super::*;
use crate::config::{LogFormat, SandboxMode};

fn load(toml: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lifeboat.toml");
    std::fs::write(&file, toml).unwrap();
    let source = Source {
        file: Some(file),
        variables: variables
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
    };
    Config::load(&source).map_err(|error| error.to_string())
}

#[test]
fn nothing_set_means_the_documented_defaults() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.sandbox, SandboxMode::Bubblewrap);
    assert_eq!(config.log_format, LogFormat::Text);
    for role in [ProcessRole::Web, ProcessRole::Worker, ProcessRole::Monitor] {
        assert!(config.has_role(role), "{role:?}");
    }
    assert_eq!(config.database_url().expose_secret(), "sqlite://data/lifeboat.db");
}

#[test]
fn the_environment_wins_over_the_file() {
    let config = load(
        "worker_slots = 1\nroles = [\"web\"]",
        &[
            ("LIFEBOAT_WORKER_SLOTS", "7"),
            ("LIFEBOAT_ROLES", "worker, monitor"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(config.worker_slots, 7);
    assert_eq!(config.roles, [ProcessRole::Worker, ProcessRole::Monitor]);
}

#[test]
fn an_account_id_keeps_its_zeros() {
    let config = load(
        "",
        &[
            ("LIFEBOAT_ACCOUNTS__SANDBOX__AWS_ACCOUNT_ID", "000123456789"),
            ("LIFEBOAT_ACCOUNTS__SANDBOX__ENDPOINT", "http://127.0.0.1:5000"),
        ],
    )
    .unwrap();
    assert_eq!(config.accounts["sandbox"].aws_account_id, "000123456789");
    assert!(
        config.accounts["sandbox"].guarded,
        "guarded unless it says otherwise"
    );
}

#[test]
fn errors_name_the_key_and_the_remedy() {
    let table: &[(&str, &[&str])] = &[
        ("colour = 1", &["colour", "LIFEBOAT_COLOUR", "is not a key"]),
        ("sandbox = \"none\"", &["sandbox", "bubblewrap", "unsafe-none"]),
        ("worker_slots = \"many\"", &["worker_slots", "whole number"]),
        ("worker_slots = 0", &["worker_slots", "at least 1"]),
        ("roles = [\"cook\"]", &["roles", "web"]),
        ("roles = []", &["roles", "name web"]),
        ("listen = \"here\"", &["listen"]),
        ("listen = \"0.0.0.0:80\"", &["public_url", "https://"]),
        (
            "public_url = \"http://portal.example.com\"",
            &["public_url", "https://"],
        ),
        (
            "public_url = \"https://example.com/portal\"",
            &["public_url", "path"],
        ),
        (
            "database_url = \"mysql://u:topsecret@h/d\"",
            &["database_url", "sqlite://"],
        ),
        ("memory_budget_mb = 10", &["memory_budget_mb", "512"]),
        (
            "encryption_key = \"a\"\nencryption_key_file = \"b\"",
            &["encryption_key", "one of the two"],
        ),
        (
            "[accounts.prod]\naws_account_id = \"12\"",
            &["accounts.prod.aws_account_id", "12 digits"],
        ),
        (
            "[accounts.prod]\naws_account_id = \"123456789012\"",
            &["accounts.prod.plan_role_arn", "role"],
        ),
        (
            "[accounts.prod]\nendpoint = \"x\"",
            &["accounts.prod.aws_account_id", "is missing"],
        ),
        (
            "[accounts.prod]\naws_account_id = \"123456789012\"\nrole = \"x\"",
            &["accounts.prod.role", "is not a key"],
        ),
    ];
    for (toml, wanted) in table {
        let error = load(toml, &[]).unwrap_err();
        for part in *wanted {
            assert!(
                error.contains(part),
                "{toml:?} gives {error:?}, which lacks {part:?}"
            );
        }
        assert!(!error.contains("topsecret"), "{error}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_shown_where_it_breaks() {
    let error = load("listen = ", &[]).unwrap_err();
    assert!(
        error.contains("line 1") && error.contains("(in lifeboat.toml)"),
        "{error}"
    );
    assert!(!error.contains("LIFEBOAT_)"), "{error}");
}

#[test]
fn everything_wrong_is_told_at_once() {
    let error = load("worker_slots = 0\nmemory_budget_mb = 1", &[]).unwrap_err();
    assert!(
        error.contains("worker_slots") && error.contains("memory_budget_mb"),
        "{error}"
    );
}

#[test]
fn a_missing_key_says_how_to_make_one() {
    let config = load("", &[]).unwrap();
    let error = config.encryption_key().unwrap_err().to_string();
    assert!(error.contains("lifeboat key generate"), "{error}");
}
