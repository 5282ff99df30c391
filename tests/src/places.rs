//! Where things are in the clone.

use std::path::{Path, PathBuf};

/// The clone's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this crate is a folder of the workspace")
}

/// Developer state: virtual environment, site, demo data, screenshots. Ignored by git, safe to delete.
pub fn state() -> PathBuf {
    root().join(".lifeboat")
}

/// What the browser is served: `pkg/` and `assets/`.
pub fn site() -> PathBuf {
    state().join("site")
}

/// The Python of the virtual environment.
pub fn python() -> PathBuf {
    state().join("venv/bin/python")
}

/// Cargo's target folder, as the running program's own place tells it.
pub fn target() -> PathBuf {
    let executable = std::env::current_exe().unwrap_or_default();
    executable
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        .map_or_else(|| root().join("target"), Path::to_owned)
}

/// The portal's binary, as `cargo xtask build` makes it.
pub fn portal_binary() -> PathBuf {
    target().join("debug/lifeboat")
}

/// A folder that outlives the clone, for what takes long to make: the user's cache when there is one, else `.lifeboat`.
pub fn cache() -> PathBuf {
    let user = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
        .map(|folder| folder.join("lifeboat"));
    match user {
        Some(folder) if is_writable(&folder) => folder,
        _ => state(),
    }
}

fn is_writable(folder: &Path) -> bool {
    std::fs::create_dir_all(folder).is_ok() && tempfile::tempfile_in(folder).is_ok()
}

/// Providers fetched from the registry once for all portals, laid out as a mirror; `cargo xtask setup` fetches them on
/// machines without a mirror.
pub fn fetched_providers() -> PathBuf {
    cache().join("terraform-plugins")
}
