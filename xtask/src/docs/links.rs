//! The links of the clone's documents: what they point at is there, and a test they name stands in the file.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::{DirEntry, WalkDir};

/// Folders that hold nothing of ours.
const NOT_OURS: [&str; 4] = [".git", ".lifeboat", ".terraform", "target"];

/// A link as Markdown writes it.
struct Link<'a> {
    text: &'a str,
    target: &'a str,
}

/// Every link below `root` that leads nowhere.
pub(super) fn problems(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let ours = |entry: &DirEntry| !NOT_OURS.iter().any(|name| entry.file_name() == *name);
    for entry in WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(ours)
    {
        let entry = entry.context("walking through the clone")?;
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "md")
        {
            let context = || format!("reading {}", entry.path().display());
            let text = std::fs::read_to_string(entry.path()).with_context(context)?;
            let shown = entry.path().strip_prefix(root).unwrap_or(entry.path()).display();
            let folder = entry.path().parent().unwrap_or(root);
            let wrong = links(&text).filter_map(|link| link.problem(folder));
            problems.extend(wrong.map(|problem| format!("{shown}: {problem}")));
        }
    }
    Ok(problems)
}

/// The links outside of fenced code.
fn links(text: &str) -> impl Iterator<Item = Link<'_>> {
    let mut is_code = false;
    let prose = text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        is_code ^= fence;
        !is_code && !fence
    });
    prose.flat_map(|line| {
        line.match_indices("](").filter_map(|(at, _)| {
            let (text, target) = (&line[..at], &line[at + 2..]);
            Some(Link {
                text: &text[text.rfind('[')? + 1..],
                target: &target[..target.find(')')?],
            })
        })
    })
}

impl Link<'_> {
    fn problem(&self, folder: &Path) -> Option<String> {
        let path = self.target.split('#').next().unwrap_or_default();
        if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
            return None;
        }
        let file = folder.join(path);
        if !file.exists() {
            return Some(format!("there is no {path}"));
        }
        let test = self.text.strip_prefix('`')?.strip_suffix('`')?;
        let is_name = test.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (is_name && !has_test(file, test)).then(|| format!("{path} has no test {test}"))
    }
}

/// Whether a file of tests has one of that name; of other files nothing is asked.
fn has_test(file: PathBuf, name: &str) -> bool {
    let definition = match file.extension().and_then(|extension| extension.to_str()) {
        Some("hcl") => format!("run \"{name}\""),
        Some("py") => format!("def {name}("),
        Some("rs") => format!("fn {name}("),
        _ => return true,
    };
    std::fs::read_to_string(file).is_ok_and(|text| text.contains(&definition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_told() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| std::fs::write(root.path().join(path), text).unwrap();
        write("t.tftest.hcl", "run \"holds\" {}\n");
        write("t.py", "def test_it():\n");
        write(
            "README.md",
            "[a](t.py) and [`holds`](t.tftest.hcl), [`test_it`](t.py#L1), [web](https://example.net), [below](#x)\n\
             [`gone`](t.tftest.hcl) [`t.py`](t.py) [c](c.md)\n```\n[d](d.md)\n```\n",
        );
        assert_eq!(
            problems(root.path()).unwrap(),
            [
                "README.md: t.tftest.hcl has no test gone",
                "README.md: there is no c.md"
            ]
        );
    }
}
