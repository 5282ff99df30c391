//! `cargo xtask docs`: the tables in the READMEs of modules and profiles, written from the configuration itself.
//!
//! What lives here: finding the READMEs and comparing or replacing what stands between the markers. The tables themselves
//! are made in [`tables`].

mod tables;

use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;
use it::places;

use crate::terraform::configuration::{Configuration, Folder};

/// The tables stand between these lines; everything else in a README is people's.
const BEGIN: &str = "<!-- tables -->";
const END: &str = "<!-- /tables -->";

/// Whether to write.
#[derive(Args)]
pub(crate) struct Options {
    /// Changes nothing, and fails when a table is not what the configuration says.
    #[arg(long)]
    check: bool,
}

/// Writes or checks the tables of every module and profile; whether all are as they should be.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let root = places::root().join("terraform");
    let mut held = true;
    for folder in Configuration::read(&root)?.folders() {
        if let Some(problem) = folder_tables(&root, folder, options.check)? {
            println!("terraform/{}/README.md {problem}", folder.path.display());
            held = false;
        }
    }
    Ok(held)
}

/// What is wrong with one folder's tables after they were checked or written.
fn folder_tables(root: &Path, folder: &Folder, check: bool) -> Result<Option<&'static str>> {
    let path = root.join(&folder.path).join("README.md");
    let Ok(old) = std::fs::read_to_string(&path) else {
        return Ok(Some(
            "is missing: say in it what the folder is for, and where the tables go",
        ));
    };
    let Some(new) = replaced(&old, &tables::of(folder)) else {
        return Ok(Some(
            "has no place for the tables: add the two marker lines that the other READMEs have",
        ));
    };
    if old == new {
        return Ok(None);
    }
    if check {
        return Ok(Some("is out of date: run `cargo xtask docs`"));
    }
    std::fs::write(&path, new).with_context(|| format!("writing {}", path.display()))?;
    println!("wrote terraform/{}/README.md", folder.path.display());
    Ok(None)
}

/// `readme` with `tables` between the markers; none when it lacks one of them.
fn replaced(readme: &str, tables: &str) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{tables}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let readme = format!("# m\n\nFor this.\n\n{BEGIN}\nold\n{END}\n\nAfterwards.\n");
        let new = replaced(&readme, "new\n").unwrap();
        assert_eq!(
            new,
            format!("# m\n\nFor this.\n\n{BEGIN}\nnew\n{END}\n\nAfterwards.\n")
        );
        assert_eq!(replaced(&new, "new\n").unwrap(), new);
        assert!(replaced("# m\n", "new\n").is_none());
        assert!(replaced(&format!("{BEGIN}\n"), "new\n").is_none());
    }
}
