//! Finding a filesystem mirror that holds the providers a profile is locked to.
//!
//! The order: the setting, the folders Terraform itself looks into, then the folders of optional software. What is
//! looked for is the layout `<host>/<namespace>/<type>/<version>/<platform>/`, or the packed form of it.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::catalog::LockedProvider;

/// Where optional software lies on a Linux machine.
const OPTIONAL_SOFTWARE: [&str; 2] = ["/opt", "/usr/local"];

/// How deep a mirror may lie below those.
const DEPTH: usize = 3;

/// The first folder that holds every one of `providers` for `platform`; none when there is no such folder, or when
/// nothing is asked for.
pub(crate) fn find(providers: &[LockedProvider], platform: &str) -> Option<PathBuf> {
    let first = providers.first()?;
    implied()
        .into_iter()
        .chain(optional(first))
        .find(|root| holds_all(root, providers, platform))
}

/// Whether the folder holds every one of `providers`.
pub(crate) fn holds_all(root: &Path, providers: &[LockedProvider], platform: &str) -> bool {
    providers.iter().all(|provider| holds(root, provider, platform))
}

fn holds(root: &Path, provider: &LockedProvider, platform: &str) -> bool {
    let folder = root.join(&provider.source);
    let name = provider.source.rsplit('/').next().unwrap_or_default();
    let packed = format!("terraform-provider-{name}_{}_{platform}.zip", provider.version);
    folder.join(&provider.version).join(platform).is_dir() || folder.join(packed).is_file()
}

/// Terraform's implied mirror folders on Linux.
fn implied() -> Vec<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let home = variable("HOME").map(PathBuf::from);
    let mut roots = Vec::new();
    roots.extend(home.iter().map(|home| home.join(".terraform.d/plugins")));
    roots.extend(variable("XDG_DATA_HOME").map(|data| Path::new(&data).join("terraform/plugins")));
    roots.extend(
        home.iter()
            .map(|home| home.join(".local/share/terraform/plugins")),
    );
    let shared = variable("XDG_DATA_DIRS").unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    roots.extend(std::env::split_paths(&shared).map(|data| data.join("terraform/plugins")));
    roots
}

fn optional(provider: &LockedProvider) -> impl Iterator<Item = PathBuf> {
    let source = provider.source.clone();
    OPTIONAL_SOFTWARE.into_iter().flat_map(move |root| {
        let source = source.clone();
        WalkDir::new(root)
            .max_depth(DEPTH)
            .sort_by_file_name()
            .into_iter()
            .filter_map(Result::ok)
            .filter(move |entry| entry.file_type().is_dir() && entry.path().join(&source).is_dir())
            .map(walkdir::DirEntry::into_path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> LockedProvider {
        LockedProvider {
            source: "registry.example/hashicorp/aws".to_owned(),
            version: "5.100.0".to_owned(),
            hashes: vec!["h1:x".to_owned()],
        }
    }

    #[test]
    fn unpacked_and_packed_mirrors_are_told_from_folders_that_lack_the_version() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("registry.example/hashicorp/aws");
        std::fs::create_dir_all(folder.join("5.99.0/linux_amd64")).unwrap();
        assert!(!holds_all(root.path(), &[provider()], "linux_amd64"));
        std::fs::create_dir_all(folder.join("5.100.0/linux_amd64")).unwrap();
        assert!(holds_all(root.path(), &[provider()], "linux_amd64"));
        assert!(!holds_all(root.path(), &[provider()], "linux_arm64"));
        std::fs::write(folder.join("terraform-provider-aws_5.100.0_linux_arm64.zip"), "").unwrap();
        assert!(holds_all(root.path(), &[provider()], "linux_arm64"));
    }

    #[test]
    fn nothing_to_find_needs_no_mirror() {
        assert_eq!(find(&[], "linux_amd64"), None);
    }
}
