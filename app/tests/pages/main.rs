//! Renders pages and asserts what a person can see and do, not how the markup looks.

#[path = "../../examples/gallery/pages.rs"]
mod gallery;
#[path = "../../examples/gallery/samples.rs"]
mod samples;

mod contrast;
mod drills;
mod environment;
mod every_page;
mod evidence;
mod failover;
mod forms;
mod game_day;
mod html;
mod lists;
mod run;
