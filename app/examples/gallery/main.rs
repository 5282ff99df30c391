//! Renders every page with sample values into a folder, for looking at them and for screenshots.
//!
//! `cargo run -p lifeboat-app --features ssr --example gallery -- FOLDER`, then serve FOLDER over HTTP. `index.html` lists the
//! pages. Everything in them is invented.

mod pages;
mod samples;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use lifeboat_app::render;

fn main() -> io::Result<()> {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("name the folder to write to"));
    };
    fs::create_dir_all(&folder)?;
    let mut index = String::from("<!DOCTYPE html><title>Gallery</title><ul>");
    for (name, frame, page) in pages::all() {
        fs::write(folder.join(format!("{name}.html")), render(frame, page).html)?;
        index.push_str(&format!("<li><a href=\"{name}.html\">{name}</a>"));
    }
    fs::write(folder.join("index.html"), index)?;
    styles(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../style"),
        &folder.join("assets"),
    )
}

/// The stylesheet as the browser gets it, and what it refers to.
fn styles(from: &Path, to: &Path) -> io::Result<()> {
    let mut css = String::new();
    for line in fs::read_to_string(from.join("lifeboat.css"))?.lines() {
        match line
            .strip_prefix("@import \"")
            .and_then(|rest| rest.strip_suffix("\";"))
        {
            Some(partial) => css.push_str(&fs::read_to_string(from.join(partial))?),
            None => css.push_str(line),
        }
        css.push('\n');
    }
    for part in ["fonts", "images"] {
        fs::create_dir_all(to.join(part))?;
        for entry in fs::read_dir(from.join(part))? {
            let entry = entry?;
            fs::copy(entry.path(), to.join(part).join(entry.file_name()))?;
        }
    }
    fs::write(to.join("lifeboat.css"), css)
}
