//! `cargo xtask docs`: the tables in the READMEs of modules and profiles, written from the configuration itself.
//!
//! What lives here: finding the READMEs and comparing or replacing what stands between the markers. The tables themselves
//! are made in [`tables`]; [`links`] looks at what all documents point at.

mod links;
mod tables;

use std::path::{Path, PathBuf};

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
    /// Changes nothing, and fails when a table is not what the configuration says or a link leads nowhere.
    #[arg(long)]
    check: bool,
}

/// Writes or checks the tables of every module and profile; whether all are as they should be.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let root = places::root().join("terraform");
    let configuration = Configuration::read(&root)?;
    if !options.check {
        write(&root, &configuration)?;
    }
    let mut problems = problems(&root, &configuration);
    problems.extend(broken_links()?);
    problems.iter().for_each(|problem| println!("{problem}"));
    Ok(problems.is_empty())
}

/// What is wrong with the tables in `root`, a `terraform/`.
pub(crate) fn problems(root: &Path, configuration: &Configuration) -> Vec<String> {
    let problem = |folder: &Folder| {
        let problem = match std::fs::read_to_string(readme(root, folder)) {
            Err(_) => "is missing: say in it what the folder is for, and where the tables go",
            Ok(old) => match replaced(&old, &tables::of(folder)) {
                None => "has no place for the tables: add the two marker lines that the other READMEs have",
                Some(new) if new != old => "is out of date: run `cargo xtask docs`",
                Some(_) => return None,
            },
        };
        Some(format!("terraform/{}/README.md {problem}", folder.path.display()))
    };
    configuration.folders().filter_map(problem).collect()
}

/// What the clone's documents point at and is not there.
pub(crate) fn broken_links() -> Result<Vec<String>> {
    links::problems(places::root())
}

/// Writes the tables wherever there is a place for them.
fn write(root: &Path, configuration: &Configuration) -> Result<()> {
    for folder in configuration.folders() {
        let path = readme(root, folder);
        let old = std::fs::read_to_string(&path).unwrap_or_default();
        if let Some(new) = replaced(&old, &tables::of(folder)).filter(|new| *new != old) {
            std::fs::write(&path, new).with_context(|| format!("writing {}", path.display()))?;
            println!("wrote terraform/{}/README.md", folder.path.display());
        }
    }
    Ok(())
}

fn readme(root: &Path, folder: &Folder) -> PathBuf {
    root.join(&folder.path).join("README.md")
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
