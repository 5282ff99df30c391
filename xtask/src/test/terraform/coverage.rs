//! Which resource blocks of a profile an assertion of a `terraform test` looks at.
//!
//! A block counts as looked at when the condition of an assertion reads an argument that this block sets, or how many of it
//! there are, or when a run expects the block itself to refuse. Reading names and tags does not count: those are checked for
//! everything at once, in [`super::names`]; nor does reading what AWS makes up (`id`, `arn`), which stands on the other side
//! of a comparison that is about another block.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use hcl::edit::expr::Expression;

use super::looks::{self, BlockId, Read};
use crate::terraform::configuration::{Configuration, File, Folder, Placed};

/// Of a profile's resource blocks so many are to be looked at.
const LEAST_PERCENT: usize = 90;

/// What names a resource and what sorts it: true of every resource, so that a sweep over all of them says it.
const SWEPT: [&str; 4] = ["name", "name_prefix", "tags", "tags_all"];

/// A resource block and the first assertion that looks at it.
struct Line {
    place: String,
    address: String,
    seen_at: Option<String>,
}

/// The blocks of one profile.
pub(super) struct Coverage {
    profile: String,
    lines: Vec<Line>,
}

impl Coverage {
    /// Of every profile in `configuration`.
    pub(super) fn of_profiles(configuration: &Configuration) -> Result<Vec<Self>> {
        let profiles = configuration.profiles();
        profiles.map(|profile| Self::of(configuration, profile)).collect()
    }

    fn of(configuration: &Configuration, profile: &Folder) -> Result<Self> {
        let folders = configuration.reached_from(profile)?;
        let mut seen = BTreeMap::new();
        for folder in &folders {
            look(configuration, folder, &mut seen)
                .with_context(|| format!("reading the tests of {}", folder.path.display()))?;
        }
        let mut lines = Vec::new();
        for folder in folders {
            for resource in folder.blocks("resource") {
                let id = BlockId {
                    folder: folder.path.clone(),
                    address: resource.address(),
                };
                lines.push(Line {
                    place: resource.place(),
                    seen_at: seen.get(&id).cloned(),
                    address: id.address,
                });
            }
        }
        let profile = profile
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(Self { profile, lines })
    }

    /// Whether enough blocks are looked at.
    pub(super) fn is_enough(&self) -> bool {
        self.seen() * 100 >= self.lines.len() * LEAST_PERCENT
    }

    fn seen(&self) -> usize {
        self.lines.iter().filter(|line| line.seen_at.is_some()).count()
    }

    /// The profile's name.
    pub(super) fn profile(&self) -> &str {
        &self.profile
    }

    /// Every block, or with `only_missing` those nothing looks at, and the share; a line each.
    pub(super) fn told(&self, only_missing: bool) -> String {
        let width = |of: fn(&Line) -> &str| self.lines.iter().map(|line| of(line).len()).max().unwrap_or(0);
        let (places, addresses) = (width(|line| &line.place), width(|line| &line.address));
        let wanted = self
            .lines
            .iter()
            .filter(|line| line.seen_at.is_none() || !only_missing);
        let mut told: String = wanted
            .map(
                |Line {
                     place,
                     address,
                     seen_at,
                 }| {
                    let seen_at = seen_at.as_deref().unwrap_or("no assertion looks at it");
                    format!("       {place:<places$}  {address:<addresses$}  {seen_at}\n")
                },
            )
            .collect();
        let (seen, all) = (self.seen(), self.lines.len());
        let percent = seen as f64 * 100.0 / all.max(1) as f64;
        told.push_str(&format!(
            "       {}: assertions look at {seen} of {all} resource blocks, {percent:.1} % (at least {LEAST_PERCENT} %)\n",
            self.profile
        ));
        told
    }
}

/// Adds what the tests of `folder` look at, with the place of the first assertion.
fn look(configuration: &Configuration, folder: &Folder, seen: &mut BTreeMap<BlockId, String>) -> Result<()> {
    for file in folder.tests() {
        let runs = runs(folder, file);
        for run in file.blocks("run") {
            let tested = &runs[run.label(0)];
            let mut note = |place: &Placed<'_>, ids: BTreeSet<BlockId>| {
                for id in ids {
                    seen.entry(id).or_insert_with(|| place.place());
                }
            };
            for assertion in run.inner("assert") {
                if let Some(condition) = assertion.argument("condition") {
                    let reads = looks::reads(configuration, &runs, tested, condition)?;
                    note(&assertion, counted(configuration, reads)?);
                }
            }
            note(&run, expected(tested, run.argument("expect_failures")));
        }
    }
    Ok(())
}

/// The folder each run of a test file is made in: the tested one, unless the run names another.
fn runs(folder: &Folder, file: &File) -> BTreeMap<String, PathBuf> {
    let tested = |run: Placed<'_>| {
        let source = run.inner("module").next()?.argument("source")?;
        Some(folder.beside(source.as_str()?))
    };
    file.blocks("run")
        .map(|run| {
            (
                run.label(0).to_owned(),
                tested(run).unwrap_or_else(|| folder.path.clone()),
            )
        })
        .collect()
}

/// The resource blocks that a run expects to refuse.
fn expected(tested: &Path, failures: Option<&Expression>) -> BTreeSet<BlockId> {
    let addresses = failures
        .and_then(Expression::as_array)
        .into_iter()
        .flat_map(|failures| failures.iter());
    addresses
        .map(|address| BlockId {
            folder: tested.to_owned(),
            address: address.to_string().trim().to_owned(),
        })
        .collect()
}

/// The blocks of `reads` of which something is read that the block itself says.
fn counted(configuration: &Configuration, reads: BTreeSet<(BlockId, Read)>) -> Result<BTreeSet<BlockId>> {
    let mut counted = BTreeSet::new();
    for (id, read) in reads {
        let blocks = configuration.folder(&id.folder)?.blocks("resource");
        let Some(block) = { blocks }.find(|block| block.address() == id.address) else {
            continue;
        };
        let counts = match read {
            Read::Number => ["count", "for_each"].iter().any(|number| says(block, number)),
            Read::Attribute(name) => !SWEPT.contains(&name.as_str()) && says(block, &name),
        };
        if counts {
            counted.insert(id);
        }
    }
    Ok(counted)
}

/// Whether a block sets this argument, plainly, as a nested block or as a dynamic one.
fn says(resource: Placed<'_>, name: &str) -> bool {
    let body = &resource.block.body;
    body.has_attribute(name)
        || body.has_blocks(name)
        || resource.inner("dynamic").any(|block| block.label(0) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One module with the given assertion over blocks `a_thing.one` (argument `size`), `a_thing.many` (counted) and
    /// `a_thing.out` (read by the output `sizes`), and a profile that calls it. The addresses that are looked at.
    fn seen(run: &str) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "profiles/p/main.tf",
            "module \"m\" {\n  source = \"../../modules/m\"\n}\n",
        );
        write(
            "modules/m/main.tf",
            r#"
            resource "a_thing" "one" {
              name = "n"
              size = 1
              tags = {}
              dynamic "part" {}
            }
            resource "a_thing" "many" {
              count = 2
              size  = 2
            }
            resource "a_thing" "out" { size = 3 }
            output "sizes" { value = { out = a_thing.out.size, one = a_thing.one.size } }
            output "ids" { value = [a_thing.one.id, a_thing.out.id] }
            "#,
        );
        write("modules/m/tests/t.tftest.hcl", run);
        let configuration = Configuration::read(root.path()).unwrap();
        let coverage = &Coverage::of_profiles(&configuration).unwrap()[0];
        assert_eq!((coverage.profile.as_str(), coverage.lines.len()), ("p", 3));
        let seen = coverage.lines.iter().filter(|line| line.seen_at.is_some());
        seen.map(|line| line.address.trim_start_matches("a_thing.").to_owned())
            .collect()
    }

    fn asserted(condition: &str) -> Vec<String> {
        seen(&format!(
            "run \"r\" {{\n  assert {{\n    condition = {condition}\n  }}\n}}\n"
        ))
    }

    #[test]
    fn an_argument_that_the_block_sets_is_a_look() {
        assert_eq!(asserted("a_thing.one.size == 1"), ["one"]);
        assert_eq!(asserted("length(a_thing.one.part) == 0"), ["one"]);
        assert_eq!(asserted("alltrue(a_thing.many[*].size)"), ["many"]);
        assert_eq!(
            asserted("sum([for thing in a_thing.many : thing.size]) == 4"),
            ["many"]
        );
        assert_eq!(asserted("\"${a_thing.one.size}\" == \"1\""), ["one"]);
        let both = "alltrue([for thing in concat([a_thing.one], a_thing.many) : thing.size > 0])";
        assert_eq!(
            asserted(both),
            ["many", "one"]
                .map(str::to_owned)
                .as_slice()
                .iter()
                .rev()
                .cloned()
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn how_many_there_are_is_a_look_at_what_is_counted() {
        assert_eq!(asserted("length(a_thing.many) == 2"), ["many"]);
        assert_eq!(asserted("length(a_thing.one) == 2"), [""; 0]);
    }

    #[test]
    fn names_tags_and_what_aws_makes_up_are_no_look() {
        assert_eq!(asserted("a_thing.one.name == \"n\""), [""; 0]);
        assert_eq!(
            asserted("alltrue([for tags in [a_thing.one.tags] : tags.Name != \"\"])"),
            [""; 0]
        );
        assert_eq!(asserted("a_thing.one.id == a_thing.out.arn"), [""; 0]);
        assert_eq!(asserted("length(output.ids) == 2"), [""; 0]);
    }

    #[test]
    fn an_output_shows_only_the_member_that_is_read() {
        assert_eq!(asserted("output.sizes.out == 3"), ["out"]);
        assert_eq!(asserted("output.sizes[\"one\"] == 1"), ["one"]);
        assert_eq!(asserted("length(output.sizes) == 2"), ["one", "out"]);
    }

    #[test]
    fn what_does_not_stand_in_a_condition_is_no_look() {
        let run = r#"
            run "r" {
              variables { size = a_thing.one.size }
              assert {
                condition     = true
                error_message = "${a_thing.one.size}"
              }
            }"#;
        assert_eq!(seen(run), [""; 0]);
    }

    #[test]
    fn a_block_expected_to_refuse_is_looked_at() {
        assert_eq!(
            seen("run \"r\" {\n  expect_failures = [a_thing.out, var.x]\n}\n"),
            ["out"]
        );
    }
}
