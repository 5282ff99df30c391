//! Loading profiles: what is read, and what is refused with a name.

use std::fs;
use std::path::Path;

use lifeboat_domain::parameter::{ParameterGroup, ParameterType, ParameterValue};
use lifeboat_runner::Catalog;
use tempfile::TempDir;

use crate::support::fixtures;

/// A copy of the fixtures with only the tiny profile.
fn copy() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for folder in ["profiles/tiny", "modules/topic"] {
        fs::create_dir_all(copy.path().join(folder)).unwrap();
        for entry in fs::read_dir(fixtures().join(folder)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), copy.path().join(folder).join(entry.file_name())).unwrap();
        }
    }
    copy
}

fn append(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    let before = fs::read_to_string(&path).unwrap_or_default();
    fs::write(path, format!("{before}\n{text}\n")).unwrap();
}

fn replace(root: &Path, file: &str, from: &str, to: &str) {
    let path = root.join(file);
    let before = fs::read_to_string(&path).unwrap();
    assert!(before.contains(from), "{file} holds no {from}");
    fs::write(path, before.replacen(from, to, 1)).unwrap();
}

fn refusal(root: &Path) -> String {
    Catalog::load(root).expect_err("it is refused").to_string()
}

#[test]
fn hcl_and_toml_are_joined() {
    let catalog = Catalog::load(&fixtures()).unwrap();
    let names: Vec<&str> = catalog
        .profiles()
        .map(|source| source.profile.name.as_str())
        .collect();
    assert_eq!(names, ["steps", "tiny"]);
    let tiny = &catalog.get("tiny").unwrap().profile;
    let severity = tiny.parameter("severity").unwrap();
    assert_eq!(
        (severity.kind, severity.group),
        (ParameterType::String, ParameterGroup::Network)
    );
    assert_eq!(severity.default, Some(ParameterValue::Text("all".to_owned())));
    assert_eq!(severity.description, "What the alerts are about.");
    assert_eq!(
        tiny.parameter("versioned").unwrap().default,
        Some(ParameterValue::Bool(true))
    );
    assert_eq!(tiny.parameter("environment").unwrap().default, None);
    let costs = ["steps", "tiny"].map(|name| catalog.get(name).unwrap().profile.monthly_cost.as_deref());
    assert_eq!(costs, [None, Some("less than 1 USD")]);
    assert_eq!(tiny.names[1].for_suffix("demo"), "s3-logs-standby-demo");
}

#[test]
fn the_projects_own_profiles_load() {
    let terraform = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../terraform");
    let catalog = Catalog::load(&terraform).unwrap();
    assert_eq!(
        catalog.get("transactions").unwrap().profile.primary_region,
        "us-east-1"
    );
}

#[test]
fn the_digest_follows_profile_and_modules_and_nothing_else() {
    let root = copy();
    let digest = || {
        Catalog::load(root.path())
            .unwrap()
            .get("tiny")
            .unwrap()
            .profile
            .digest
            .clone()
    };
    let before = digest();
    fs::create_dir_all(root.path().join("profiles/tiny/tests")).unwrap();
    fs::create_dir_all(root.path().join("profiles/tiny/.terraform/modules")).unwrap();
    fs::create_dir_all(root.path().join("modules/unused")).unwrap();
    for (file, text) in [
        ("profiles/tiny/tests/a.tftest.hcl", "x"),
        ("profiles/tiny/README.md", "x"),
        ("profiles/tiny/.terraform/modules/modules.json", "{}"),
        ("modules/unused/main.tf", "locals {}"),
    ] {
        append(root.path(), file, text);
    }
    assert_eq!(digest(), before);
    append(root.path(), "modules/topic/main.tf", "# changed");
    assert_ne!(digest(), before);
}

#[test]
fn the_digest_follows_the_packages_that_the_profile_names() {
    let root = copy();
    replace(
        root.path(),
        "profiles/tiny/profile.toml",
        "[profile]",
        "[profile]\npackages = [\"greeter\"]",
    );
    let missing = refusal(root.path());
    assert!(
        missing.contains("packages/greeter.zip: is not there") && missing.contains("cargo xtask packages"),
        "{missing}"
    );
    fs::create_dir_all(root.path().join("packages")).unwrap();
    append(root.path(), "packages/greeter.zip", "one");
    let digest = || {
        let catalog = Catalog::load(root.path()).unwrap();
        catalog.get("tiny").unwrap().profile.digest.clone()
    };
    let before = digest();
    append(root.path(), "packages/stranger.zip", "x");
    assert_eq!(digest(), before);
    append(root.path(), "packages/greeter.zip", "two");
    assert_ne!(digest(), before);
}

/// Each line: a file, what is added to it, and what the refusal must name.
#[test]
fn what_could_run_or_fetch_something_is_refused_by_name() {
    let cases = [
        (
            "profiles/tiny/more.tf",
            "data \"external\" \"x\" {\n  program = [\"sh\"]\n}",
            vec!["profiles/tiny/more.tf", "data \"external\" \"x\"", "refused"],
        ),
        (
            "modules/topic/more.tf",
            "check \"c\" {\n  data \"external\" \"x\" {\n  }\n}",
            vec!["modules/topic/more.tf", "check \"c\"", "data \"external\" \"x\""],
        ),
        (
            "profiles/tiny/more.tf",
            "resource \"terraform_data\" \"x\" {\n  provisioner \"local-exec\" {\n    command = \"id\"\n  }\n}",
            vec!["resource \"terraform_data\" \"x\"", "provisioner \"local-exec\""],
        ),
        (
            "profiles/tiny/more.tf",
            "data \"terraform_remote_state\" \"x\" {\n  backend = \"local\"\n}",
            vec!["data \"terraform_remote_state\" \"x\""],
        ),
        (
            "profiles/tiny/more.tf",
            "module \"x\" {\n  source = \"git::https://example.net/x\"\n}",
            vec!["module \"x\"", "../../modules/<name>"],
        ),
        (
            "profiles/tiny/more.tf",
            "module \"x\" {\n  source = \"../../modules/../../x\"\n}",
            vec!["module \"x\"", "../../modules/<name>"],
        ),
        (
            "profiles/tiny/more.tf",
            "module \"x\" {\n  source = \"../../modules/${local.x}\"\n}",
            vec!["module \"x\"", "../../modules/<name>"],
        ),
        (
            "profiles/tiny/more.tf",
            "module \"x\" {\n  source = \"../../modules/absent\"\n}",
            vec!["modules/absent", "not there"],
        ),
        (
            "profiles/tiny/more.tf",
            "resource \"random_pet\" \"x\" {}",
            vec!["resource \"random_pet\" \"x\"", "required_providers"],
        ),
        (
            "modules/topic/more.tf",
            "terraform {\n  required_providers {\n    null = {\n      source = \"hashicorp/null\"\n    }\n  }\n}",
            vec![
                ".terraform.lock.hcl",
                "does not pin registry.terraform.io/hashicorp/null",
            ],
        ),
        (
            "profiles/tiny/more.tf",
            "provider \"aws\" {\n  alias = \"x\"\n  access_key = \"x\"\n}",
            vec!["provider \"aws\"", "access_key"],
        ),
        (
            "profiles/tiny/more.tf",
            "terraform {\n  backend \"local\" {}\n}",
            vec!["backend", "the portal is the backend"],
        ),
        (
            "profiles/tiny/terraform.tfvars",
            "severity = \"critical\"",
            vec!["terraform.tfvars", "past the form"],
        ),
        (
            "profiles/tiny/more.tf.json",
            "{}",
            vec!["more.tf.json", "write it as .tf"],
        ),
        (
            "profiles/tiny/more.tf",
            "resource {{{",
            vec!["more.tf", "not valid HCL"],
        ),
    ];
    for (file, text, named) in cases {
        let root = copy();
        append(root.path(), file, text);
        let said = refusal(root.path());
        for name in named {
            assert!(
                said.contains(name),
                "{text}\nis refused as: {said}\nwithout naming {name}"
            );
        }
    }
}

#[test]
fn links_are_refused() {
    let root = copy();
    std::os::unix::fs::symlink("/etc/hostname", root.path().join("profiles/tiny/notes.txt")).unwrap();
    assert!(refusal(root.path()).contains("notes.txt: is a link"));
}

/// Each line: a file, a text in it, what it becomes, and what the refusal must name.
#[test]
fn form_and_variables_must_agree() {
    const TOML: &str = "profiles/tiny/profile.toml";
    const HCL: &str = "profiles/tiny/variables.tf";
    let cases = [
        (
            TOML,
            "name = \"severity\"",
            "name = \"loudness\"",
            "parameter loudness: there is no such variable",
        ),
        (
            TOML,
            "[[rule]]",
            "[[parameter]]\nname = \"retries\"\nlabel = \"x\"\ngroup = \"dns\"\n[[rule]]",
            "stands twice",
        ),
        (
            HCL,
            "variable \"severity\"",
            "variable \"other\" {\n  type = bool\n  description = \"x\"\n}\nvariable \"severity\"",
            "variable \"other\": profile.toml has no",
        ),
        (
            HCL,
            "type        = bool",
            "type        = list(string)",
            "variable \"versioned\": the type must be",
        ),
        (
            HCL,
            "default     = true",
            "default     = \"yes\"",
            "variable \"versioned\": the default must be",
        ),
        (
            HCL,
            "default     = \"all\"",
            "default     = \"none\"",
            "parameter severity: its default must be one of",
        ),
        (
            HCL,
            "description = \"Value of the tag Environment.\"",
            "",
            "variable \"environment\": has no description",
        ),
        (
            HCL,
            "default     = true",
            "default     = true\n  sensitive = true",
            "cannot be a secret",
        ),
        (
            TOML,
            "minimum = 0.5",
            "minimum = 0.5\npattern = \"x\"",
            "parameter retries: pattern, lengths and options",
        ),
        (TOML, "step = 0.5", "step = 0.5\ncolour = \"red\"", "colour"),
        (TOML, "step = 0.5", "step = 0", "parameter retries: step"),
        (
            TOML,
            "pattern = '^[a-z]",
            "pattern = '^([a-z]",
            "parameter environment_suffix: pattern",
        ),
        (
            TOML,
            "suffix_parameter = \"environment_suffix\"",
            "suffix_parameter = \"retries\"",
            "suffix_parameter",
        ),
        (
            TOML,
            "[profile]",
            "[profile]\npackages = [\"../../etc\"]",
            "packages: \"../../etc\": takes lower-case",
        ),
        (
            TOML,
            "[profile]",
            "[profile]\npackages = [\"a\", \"a\"]",
            "packages: \"a\" stands twice",
        ),
        (
            TOML,
            "left = \"retries\"",
            "left = \"severity\"",
            "rule: \"severity\" is no number",
        ),
        (
            TOML,
            "name = \"tiny\"",
            "name = \"other\"",
            "must be the folder's name",
        ),
        (
            TOML,
            "monthly_cost = \"less than 1 USD\"",
            "monthly_cost = \" \"",
            "monthly_cost: takes 1 to 80",
        ),
        (
            TOML,
            "max_length = 63",
            "max_length = 10",
            "the demo values are not acceptable",
        ),
    ];
    for (file, from, to, named) in cases {
        let root = copy();
        replace(root.path(), file, from, to);
        let said = refusal(root.path());
        assert!(said.contains(named), "{to:?} is refused as: {said}");
    }
}
