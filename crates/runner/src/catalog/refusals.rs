//! What a profile must not contain: anything that runs other programs, reads other states, brings code from
//! elsewhere, or finds credentials by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hcl::Expression;
use hcl::structure::{Block, Body};

use super::files::Tree;
use super::hcl_text::{HclFile, attribute, heading, label, text};
use super::lock::LockedProvider;
use crate::error::RunnerError;

/// Terraform's own provider, built into the binary (`terraform_data`).
const BUILT_IN: &str = "terraform";

/// Provider arguments that would go past the credentials a run is given.
const CREDENTIAL_ARGUMENTS: [&str; 8] = [
    "access_key",
    "secret_key",
    "token",
    "profile",
    "shared_config_files",
    "shared_credentials_files",
    "assume_role",
    "assume_role_with_web_identity",
];

/// Refuses the profile with the file and the block that is not acceptable.
pub(super) fn check(tree: &Tree, locked: &[LockedProvider]) -> Result<(), RunnerError> {
    for file in tree.files.keys() {
        forbidden_file(file).map_err(|problem| tree.refuse(file, problem))?;
    }
    let mut required = BTreeSet::new();
    for (folder, files) in by_folder(tree) {
        let sources = required_providers(&files).map_err(|(file, problem)| tree.refuse(file, &problem))?;
        required.extend(sources.values().cloned());
        let is_root = folder.starts_with("profiles");
        for file in files {
            check_file(file, &sources, is_root).map_err(|problem| tree.refuse(&file.path, &problem))?;
        }
    }
    check_backend(tree)?;
    check_lock(tree, &required, locked)
}

/// Files by which Terraform would be told something that nobody reads here.
fn forbidden_file(path: &Path) -> Result<(), &'static str> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.ends_with(".tf.json") || name.ends_with(".tofu") || name.ends_with(".tofu.json") {
        return Err("is not read by the portal; write it as .tf");
    }
    if name.ends_with(".tfvars") || name.ends_with(".tfvars.json") {
        return Err("would set parameters past the form; use defaults in variables.tf");
    }
    Ok(())
}

fn by_folder(tree: &Tree) -> BTreeMap<&Path, Vec<&HclFile>> {
    let mut folders: BTreeMap<&Path, Vec<&HclFile>> = BTreeMap::new();
    for file in &tree.hcl {
        folders
            .entry(file.path.parent().unwrap_or(&file.path))
            .or_default()
            .push(file);
    }
    folders
}

/// Source by local name, fully qualified.
fn required_providers<'a>(files: &[&'a HclFile]) -> Result<BTreeMap<String, String>, (&'a Path, String)> {
    let mut sources = BTreeMap::new();
    for file in files {
        let settings = file.blocks("terraform").flat_map(|block| block.body.blocks());
        for block in settings.filter(|block| block.identifier() == "required_providers") {
            for provider in block.body.attributes() {
                let source = source(provider.expr()).ok_or_else(|| {
                    let name = provider.key();
                    (
                        file.path.as_path(),
                        format!("required_providers: {name} must be an object with a source"),
                    )
                })?;
                sources.insert(provider.key().to_owned(), source);
            }
        }
    }
    Ok(sources)
}

fn source(expression: &Expression) -> Option<String> {
    let Expression::Object(object) = expression else {
        return None;
    };
    let key_is_source = |key: &hcl::ObjectKey| match key {
        hcl::ObjectKey::Identifier(name) => name.as_str() == "source",
        hcl::ObjectKey::Expression(key) => text(key) == Some("source"),
        _ => false,
    };
    let source = object
        .iter()
        .find(|(key, _)| key_is_source(key))
        .and_then(|(_, value)| text(value))?;
    Some(match source.matches('/').count() {
        1 => format!("registry.terraform.io/{source}"),
        _ => source.to_owned(),
    })
}

fn check_file(file: &HclFile, sources: &BTreeMap<String, String>, is_root: bool) -> Result<(), String> {
    check_blocks(&file.body)?;
    for block in file.body.blocks() {
        let problem = match block.identifier() {
            "resource" | "data" | "ephemeral" => undeclared(block, sources),
            "provider" => own_credentials(block),
            "terraform" if !is_root => foreign_backend(block),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(format!("{}: {problem}", heading(block)));
        }
    }
    Ok(())
}

/// Blocks that are refused wherever they stand.
fn check_blocks(body: &Body) -> Result<(), String> {
    for block in body.blocks() {
        let problem = match (block.identifier(), label(block, 0)) {
            ("data", "external") => Some("external data sources run programs and are refused"),
            ("data", "terraform_remote_state") => Some("it reads the state of something else and is refused"),
            ("provisioner", _) => Some("provisioners run programs and are refused"),
            ("connection", _) => Some("connections serve provisioners and are refused"),
            ("cloud", _) => Some("the portal is the backend; write backend \"http\" {}"),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(format!("{}: {problem}", heading(block)));
        }
        check_blocks(&block.body).map_err(|inner| format!("{}: {inner}", heading(block)))?;
    }
    Ok(())
}

/// A type whose provider is not declared would make Terraform guess one.
fn undeclared(block: &Block, sources: &BTreeMap<String, String>) -> Option<String> {
    let kind = label(block, 0);
    let implied = kind.split('_').next().unwrap_or(kind);
    let named = attribute(&block.body, "provider").map(|expression| match expression {
        Expression::Traversal(traversal) => super::hcl_text::word(&traversal.expr).unwrap_or_default(),
        other => super::hcl_text::word(other).unwrap_or_default(),
    });
    let provider = named.unwrap_or(implied);
    let known = provider == BUILT_IN || sources.contains_key(provider);
    (!known).then(|| format!("its provider {provider:?} is not in required_providers; name its source there"))
}

fn own_credentials(block: &Block) -> Option<String> {
    let keys = block.body.attributes().map(hcl::Attribute::key);
    let blocks = block.body.blocks().map(Block::identifier);
    let found = keys
        .chain(blocks)
        .find(|name| CREDENTIAL_ARGUMENTS.contains(name))?;
    Some(format!("{found} must go; credentials come from the portal"))
}

fn foreign_backend(block: &Block) -> Option<String> {
    let backend = block.body.blocks().any(|inner| inner.identifier() == "backend");
    backend.then(|| "a module must not name a backend".to_owned())
}

/// The root has `backend "http" {}` with nothing in it: address and credential come at run time.
fn check_backend(tree: &Tree) -> Result<(), RunnerError> {
    let settings = tree
        .root_hcl()
        .flat_map(|file| file.blocks("terraform").map(move |block| (file, block)));
    let backends: Vec<_> = settings
        .flat_map(|(file, block)| block.body.blocks().map(move |inner| (file, inner)))
        .filter(|(_, block)| block.identifier() == "backend")
        .collect();
    match backends.as_slice() {
        [(_, block)] if label(block, 0) == "http" && block.body.iter().next().is_none() => Ok(()),
        [(file, block), ..] => {
            let problem = format!(
                "{}: the portal is the backend; write backend \"http\" {{}} once",
                heading(block)
            );
            Err(tree.refuse(&file.path, &problem))
        }
        [] => Err(tree.refuse(
            &tree.own("versions.tf"),
            "terraform: has no backend; write backend \"http\" {} in it",
        )),
    }
}

/// What is required is locked, and nothing else.
fn check_lock(
    tree: &Tree,
    required: &BTreeSet<String>,
    locked: &[LockedProvider],
) -> Result<(), RunnerError> {
    let path = tree.own(super::files::LOCK_FILE);
    let locked: BTreeSet<String> = locked.iter().map(|provider| provider.source.clone()).collect();
    if let Some(missing) = required.difference(&locked).next() {
        let problem = format!("does not pin {missing}; run terraform providers lock");
        return Err(tree.refuse(&path, &problem));
    }
    match locked.difference(required).next() {
        Some(extra) => Err(tree.refuse(&path, &format!("pins {extra}, which nothing requires; remove it"))),
        None => Ok(()),
    }
}
