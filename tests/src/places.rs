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

/// The portal's binary: `LIFEBOAT_BIN`, else the debug build.
pub fn portal_binary() -> PathBuf {
    std::env::var_os("LIFEBOAT_BIN").map_or_else(|| target().join("debug/lifeboat"), PathBuf::from)
}
