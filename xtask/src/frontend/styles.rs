//! One stylesheet out of the partials, and beside it what the partials and pages refer to: fonts, the icon.

use std::path::Path;

use anyhow::{Context, Result, bail};
use lifeboat_domain::Digest;
use walkdir::WalkDir;

const ENTRY: &str = "lifeboat.css";

/// Writes `lifeboat.css` into `assets`.
pub(super) fn build(style: &Path, assets: &Path) -> Result<()> {
    let css = bundle(style)?;
    let stamp = Digest::of(css.as_bytes()).to_string();
    super::skip_or(&assets.join("stamp"), &stamp, || {
        std::fs::write(assets.join(ENTRY), &css).context("writing the stylesheet")?;
        println!("frontend: styles, {} kB", css.len() / 1000);
        Ok(())
    })?;
    copy_changed(style, assets)
}

/// The entry with every `@import "partial.css";` replaced by the partial. Only the entry imports: one level is enough
/// and keeps the order readable in one file.
fn bundle(style: &Path) -> Result<String> {
    let read =
        |path: &Path| std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()));
    let mut css = String::new();
    for line in read(&style.join(ENTRY))?.lines() {
        match imported(line) {
            None => css.push_str(line),
            Some(name) => {
                let partial = read(&style.join(name))?;
                if partial.lines().any(|line| imported(line).is_some()) {
                    bail!("bundling styles: {name} has an @import; only {ENTRY} may");
                }
                css.push_str(&partial);
            }
        }
        css.push('\n');
    }
    Ok(css)
}

/// The file an `@import` line names, with or without `url()` and a layer behind it.
fn imported(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("@import")?;
    rest.split(['"', '\'']).nth(1)
}

fn copy_changed(from: &Path, to: &Path) -> Result<()> {
    let files = WalkDir::new(from)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file());
    for file in files.filter(|file| file.path().extension().is_none_or(|extension| extension != "css")) {
        let target = to.join(
            file.path()
                .strip_prefix(from)
                .context("a folder's entry lies below it")?,
        );
        let bytes =
            std::fs::read(file.path()).with_context(|| format!("reading {}", file.path().display()))?;
        if std::fs::read(&target).is_ok_and(|there| there == bytes) {
            continue;
        }
        std::fs::create_dir_all(target.parent().context("a file has a folder")?)?;
        std::fs::write(&target, bytes).with_context(|| format!("writing {}", target.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partials_stand_in_the_order_of_their_imports() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(ENTRY, "@import \"b.css\";\n@import url('a.css');\nbody{}\n");
        write("a.css", "a{}");
        write("b.css", "b{}");
        assert_eq!(bundle(folder.path()).unwrap(), "b{}\na{}\nbody{}\n");
    }

    #[test]
    fn a_nested_or_missing_import_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(ENTRY, "@import \"a.css\";\n");
        assert!(bundle(folder.path()).is_err());
        write("a.css", "@import \"b.css\";");
        write("b.css", "b{}");
        assert!(bundle(folder.path()).unwrap_err().to_string().contains("a.css"));
    }
}
