//! Terraform's configuration as it is written: folders, their files, the blocks in them and where they stand.
//!
//! What must not be here: what is asked of them; that is for the checks and the tables that read this.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use hcl::edit::Span;
use hcl::edit::expr::Expression;
use hcl::edit::structure::{Block, Body};

use super::workspace;

/// A parsed file.
#[derive(Debug)]
pub(crate) struct File {
    /// Path below `terraform/`.
    pub(crate) path: PathBuf,
    text: String,
    body: Body,
}

/// A block of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed<'a> {
    /// The block.
    pub(crate) block: &'a Block,
    /// The file it stands in.
    pub(crate) file: &'a File,
}

/// A profile or module: its files and those of its tests.
#[derive(Debug)]
pub(crate) struct Folder {
    /// Path below `terraform/`, such as `modules/network`.
    pub(crate) path: PathBuf,
    files: Vec<File>,
    tests: Vec<File>,
}

/// Every profile and module by its path below `terraform/`.
#[derive(Debug)]
pub(crate) struct Configuration {
    folders: BTreeMap<PathBuf, Folder>,
}

impl Configuration {
    /// Reads all of `root`, a `terraform/`.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut folders = BTreeMap::new();
        for kind in ["modules", "profiles"] {
            for name in workspace::names(&root.join(kind)) {
                let path = Path::new(kind).join(name);
                folders.insert(path.clone(), Folder::read(root, path)?);
            }
        }
        Ok(Self { folders })
    }

    /// The folder at `path`.
    pub(crate) fn folder(&self, path: &Path) -> Result<&Folder> {
        self.folders
            .get(path)
            .ok_or_else(|| anyhow!("there is no terraform/{}", path.display()))
    }

    /// Every folder.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Folder> {
        self.folders.values()
    }

    /// The profiles.
    pub(crate) fn profiles(&self) -> impl Iterator<Item = &Folder> {
        self.folders()
            .filter(|folder| folder.path.starts_with("profiles"))
    }

    /// A folder and all it calls, directly or not.
    pub(crate) fn reached_from(&self, start: &Folder) -> Result<Vec<&Folder>> {
        let (mut found, mut waiting) = (BTreeSet::new(), vec![start.path.clone()]);
        while let Some(path) = waiting.pop() {
            if found.insert(path.clone()) {
                waiting.extend(self.folder(&path)?.calls().into_values());
            }
        }
        found.iter().map(|path| self.folder(path)).collect()
    }
}

impl Folder {
    fn read(root: &Path, path: PathBuf) -> Result<Self> {
        let files = File::read_all(root, &path, ".tf")?;
        let tests = File::read_all(root, &path.join("tests"), ".tftest.hcl")?;
        Ok(Self { path, files, tests })
    }

    /// Its blocks of a kind, such as `variable`, in the order of files and lines.
    pub(crate) fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = Placed<'a>> {
        self.files.iter().flat_map(move |file| file.blocks(kind))
    }

    /// The files of its tests.
    pub(crate) fn tests(&self) -> impl Iterator<Item = &File> {
        self.tests.iter()
    }

    /// The value of its output `name`.
    pub(crate) fn output(&self, name: &str) -> Option<&Expression> {
        self.blocks("output")
            .find(|output| output.label(0) == name)?
            .argument("value")
    }

    /// The value of its local `name`.
    pub(crate) fn local(&self, name: &str) -> Option<&Expression> {
        self.blocks("locals").find_map(|locals| locals.argument(name))
    }

    /// The folders it calls, by the name of the call.
    pub(crate) fn calls(&self) -> BTreeMap<&str, PathBuf> {
        let called = |call: Placed<'_>| {
            call.argument("source")?
                .as_str()
                .map(|source| self.beside(source))
        };
        self.blocks("module")
            .filter_map(|call| Some((call.label(0), called(call)?)))
            .collect()
    }

    /// The folder that `source`, written in this one, means.
    pub(crate) fn beside(&self, source: &str) -> PathBuf {
        let mut path = PathBuf::new();
        for part in self.path.join(source).components() {
            match part {
                Component::ParentDir => drop(path.pop()),
                Component::CurDir => {}
                part => path.push(part),
            }
        }
        path
    }
}

impl File {
    /// The files of `folder` whose names end with `ending`, sorted; none when there is no such folder.
    fn read_all(root: &Path, folder: &Path, ending: &str) -> Result<Vec<Self>> {
        let entries = std::fs::read_dir(root.join(folder))
            .into_iter()
            .flatten()
            .flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(ending))
            .collect();
        names.sort();
        let read = |name: String| Self::read(root, folder.join(name));
        names.into_iter().map(read).collect()
    }

    fn read(root: &Path, path: PathBuf) -> Result<Self> {
        let context = || format!("reading terraform/{}", path.display());
        let text = std::fs::read_to_string(root.join(&path)).with_context(context)?;
        let body = text.parse().with_context(context)?;
        Ok(Self { path, text, body })
    }

    /// Its blocks of a kind.
    pub(crate) fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = Placed<'a>> {
        let blocks = self.body.get_blocks(kind);
        blocks.map(move |block| Placed { block, file: self })
    }

    /// What stands at `span`, as it is written.
    pub(crate) fn text(&self, span: Option<Range<usize>>) -> &str {
        span.and_then(|span| self.text.get(span))
            .unwrap_or_default()
            .trim()
    }
}

impl<'a> Placed<'a> {
    /// Its label at `index`.
    pub(crate) fn label(self, index: usize) -> &'a str {
        self.block.labels.get(index).map_or("", |label| label.as_str())
    }

    /// What configuration calls a resource: `type.name`.
    pub(crate) fn address(self) -> String {
        format!("{}.{}", self.label(0), self.label(1))
    }

    /// The value of one of its arguments.
    pub(crate) fn argument(self, name: &str) -> Option<&'a Expression> {
        self.block
            .body
            .get_attribute(name)
            .map(|attribute| &attribute.value)
    }

    /// The blocks of a kind inside it.
    pub(crate) fn inner(self, kind: &'a str) -> impl Iterator<Item = Self> {
        let blocks = self.block.body.get_blocks(kind);
        blocks.map(move |block| Self {
            block,
            file: self.file,
        })
    }

    /// The line it begins at, from 1.
    pub(crate) fn line(self) -> usize {
        let before = self.block.span().map_or(0, |span| span.start);
        1 + self
            .file
            .text
            .bytes()
            .take(before)
            .filter(|byte| *byte == b'\n')
            .count()
    }

    /// `file:line`, below `terraform/`.
    pub(crate) fn place(self) -> String {
        format!("{}:{}", self.file.path.display(), self.line())
    }
}
