//! The files of a profile version: those of its folder, of the modules it uses, and the function packages it names.
//! Their digest is the version.
//!
//! Tests, read-me files and what Terraform leaves behind are no part of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use lifeboat_domain::Digest;
use sha2::{Digest as _, Sha256};
use walkdir::{DirEntry, WalkDir};

use super::hcl_text::{self, HclFile};
use crate::error::RunnerError;

/// Folder of the functions' zips, beside `profiles/` and `modules/`.
const PACKAGES: &str = "packages";

/// The name of the lock file, the one hidden file that counts.
pub(super) const LOCK_FILE: &str = ".terraform.lock.hcl";

/// A profile's files, read and parsed.
#[derive(Debug)]
pub(super) struct Tree {
    /// Name of the profile.
    pub(super) name: String,
    /// Content by path relative to the folder that holds `profiles/` and `modules/`.
    pub(super) files: BTreeMap<PathBuf, Vec<u8>>,
    /// The `.tf` files among them, parsed.
    pub(super) hcl: Vec<HclFile>,
    /// Names of the modules used.
    pub(super) modules: BTreeSet<String>,
}

impl Tree {
    /// Reads the profile and, from its `module` blocks, every module it needs.
    pub(super) fn read(root: &Path, name: &str) -> Result<Self, RunnerError> {
        let mut tree = Self {
            name: name.to_owned(),
            files: BTreeMap::new(),
            hcl: Vec::new(),
            modules: BTreeSet::new(),
        };
        let mut waiting = tree.read_folder(root, &Path::new("profiles").join(name))?;
        while let Some(module) = waiting.pop() {
            if !tree.modules.contains(&module) {
                tree.modules.insert(module.clone());
                waiting.extend(tree.read_folder(root, &Path::new("modules").join(&module))?);
            }
        }
        Ok(tree)
    }

    /// Reads one folder and says which modules it calls.
    fn read_folder(&mut self, root: &Path, folder: &Path) -> Result<Vec<String>, RunnerError> {
        let top = root.join(folder);
        if !top.is_dir() {
            return Err(self.refuse(folder, "the folder is not there"));
        }
        let mut called = Vec::new();
        for entry in WalkDir::new(&top)
            .min_depth(1)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(counts)
        {
            let entry = entry.map_err(|error| self.refuse(folder, &error.to_string()))?;
            let path = entry.path().strip_prefix(root).unwrap_or(entry.path()).to_owned();
            if entry.path_is_symlink() {
                return Err(self.refuse(&path, "is a link; profiles are made of plain files"));
            }
            if !entry.file_type().is_file() {
                continue;
            }
            let content = fs::read(entry.path()).map_err(RunnerError::io("reading", entry.path()))?;
            if path.extension().is_some_and(|extension| extension == "tf") {
                let file = HclFile::parse(&path, &content).map_err(|problem| self.refuse(&path, &problem))?;
                called.extend(hcl_text::module_calls(&file).map_err(|problem| self.refuse(&path, &problem))?);
                self.hcl.push(file);
            }
            self.files.insert(path, content);
        }
        Ok(called)
    }

    /// Adds the function packages of those names. They are built, not written, so they may be missing.
    pub(super) fn read_packages(&mut self, root: &Path, names: &[String]) -> Result<(), RunnerError> {
        for name in names {
            let path = Path::new(PACKAGES).join(format!("{name}.zip"));
            let file = root.join(&path);
            match fs::read(&file) {
                Ok(content) => drop(self.files.insert(path, content)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    return Err(self.refuse(&path, "is not there; build it with `cargo xtask packages`"));
                }
                Err(error) => return Err(RunnerError::io("reading", file)(error)),
            }
        }
        Ok(())
    }

    /// The error that names `file`.
    pub(super) fn refuse(&self, file: &Path, problem: &str) -> RunnerError {
        RunnerError::Profile {
            profile: self.name.clone(),
            file: file.display().to_string(),
            problem: problem.to_owned(),
        }
    }

    /// The path of one of the profile's own files.
    pub(super) fn own(&self, name: &str) -> PathBuf {
        Path::new("profiles").join(&self.name).join(name)
    }

    /// The parsed files of the root module itself.
    pub(super) fn root_hcl(&self) -> impl Iterator<Item = &HclFile> {
        self.hcl.iter().filter(|file| file.path.starts_with("profiles"))
    }

    /// SHA-256 over paths and contents, each with its length before it, in the order of path.
    pub(super) fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        for (path, content) in &self.files {
            let path = path.to_string_lossy();
            for part in [path.as_bytes(), content] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        hex::encode(hash.finalize())
            .parse()
            .expect("hex::encode writes 64 lower-case hexadecimal digits of a SHA-256")
    }
}

/// Whether an entry is part of a version.
fn counts(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let hidden = name.starts_with('.') && name != LOCK_FILE;
    let tests = entry.depth() == 1 && entry.file_type().is_dir() && name == "tests";
    let errored = name == "errored.tfstate";
    !hidden && !tests && !errored && !name.starts_with("README")
}

/// Copies `files` from one folder to another.
pub(crate) fn copy(files: &[PathBuf], from: &Path, to: &Path) -> Result<(), RunnerError> {
    for file in files {
        let target = to.join(file);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(RunnerError::io("making", folder))?;
        }
        fs::copy(from.join(file), &target).map_err(RunnerError::io("copying", &target))?;
    }
    Ok(())
}
