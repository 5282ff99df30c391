//! The checks of `terraform/`: Terraform's own, in a copy of the folder, and ours of what is written, tested and planned.

mod alike;
mod bounded;
mod coverage;
mod folder;
mod impact;
mod looks;
mod named;
mod names;
mod planned;
mod scan;
mod shared;
mod wrong_secrets;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Result, ensure};
use it::emulator::Emulator;
use it::{Pace, net, places, secrets};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::profile::Profile;
use lifeboat_runner::Catalog;

use self::coverage::Coverage;
use self::names::Catalogue;
use self::planned::Plan;
use super::Sums;
use crate::drill::extremes;
use crate::terraform::bare::Bare;
use crate::terraform::configuration::Configuration;
use crate::terraform::{Terraform, workspace};
use crate::{docs, plan};

/// How many checks run at the same time; one that starts the provider takes about 600 MB for each region.
const AT_ONCE: usize = 2;

/// A check that finds what does not hold: what to tell, and the sums.
struct Job<'a> {
    name: String,
    run: Box<dyn FnOnce() -> Result<(String, Sums)> + Send + 'a>,
}

impl<'a> Job<'a> {
    fn new(name: impl Into<String>, run: impl FnOnce() -> Result<(String, Sums)> + Send + 'a) -> Self {
        Self {
            name: name.into(),
            run: Box::new(run),
        }
    }

    /// One that finds problems, a line each.
    fn of_problems(name: impl Into<String>, find: impl FnOnce() -> Result<Vec<String>> + Send + 'a) -> Self {
        Self::new(name, || {
            let problems = find()?;
            let told = problems.iter().map(|problem| format!("       {problem}\n"));
            Ok((told.collect(), Sums::one(problems.is_empty())))
        })
    }
}

/// Checks everything.
pub(super) async fn run() -> Result<Sums> {
    let folder = places::state().join("terraform-tests");
    let root = workspace::copy(&folder.join("terraform"))?;
    let configuration = Configuration::read(&root)?;
    let catalogue = Catalogue::read(&configuration)?;
    let terraform = Terraform::find()?;
    let mut emulator = Emulator::start(net::free_port()?, &folder, Pace::Quick).await?;
    let url = emulator.url.clone();

    let mut jobs = vec![
        Job::new("format", || format(&terraform, &root)),
        Job::of_problems("tables in the READMEs", || {
            Ok(docs::problems(&root, &configuration))
        }),
        Job::of_problems("links of the documents", docs::broken_links),
        Job::of_problems("parameters that profiles share", || {
            Ok(shared::problems(&configuration))
        }),
        Job::of_problems("security scan", || scan::problems(&root)),
    ];
    for coverage in Coverage::of_profiles(&configuration)? {
        jobs.push(Job::new(
            format!("assertions of {}", coverage.profile()),
            move || Ok((coverage.told(true), Sums::one(coverage.is_enough()))),
        ));
    }
    let aws = emulator.aws()?;
    for (what, profile, parameters) in ends()? {
        secrets::seed(&aws, &profile, &parameters).await?;
        let regions = [profile.primary_region, profile.standby_region];
        let profile = profile.name;
        let name = format!("names, tags, boundaries and twin regions of {profile}, {what}");
        let copy = folder.join(format!("{profile}-{what}"));
        let (url, catalogue, folder) = (&url, &catalogue, &folder);
        jobs.push(Job::of_problems(name, move || {
            let json = Bare::prepare(&copy, &profile, &parameters, url)?.plan()?;
            let plan = Plan::read(&json)?;
            ensure!(!plan.resources.is_empty(), "the plan makes nothing");
            let mut problems = names::problems(&plan, catalogue);
            problems.extend(bounded::problems(&plan));
            problems.extend(alike::problems(&plan, &regions));
            if what == "demo" {
                problems.extend(impact::problems(&plan, &profile, &regions, folder)?);
            }
            Ok(problems)
        }));
    }
    wrong_secrets::seed(&aws).await?;
    jobs.push(Job::of_problems("secrets that are wrong", || {
        wrong_secrets::problems(&terraform, &root, &url)
    }));
    for path in folders(&root) {
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        let (terraform, url) = (&terraform, &url);
        jobs.push(Job::new(name, move || folder::check(terraform, &path, url)));
    }
    let sums = work(jobs);
    emulator.end()?;
    Ok(sums)
}

/// Lists every resource block of every profile and the assertion that looks at it; whether enough are looked at.
pub(super) fn tell_coverage() -> Result<bool> {
    let mut enough = true;
    for coverage in Coverage::of_profiles(&Configuration::read(&places::root().join("terraform"))?)? {
        print!("{}", coverage.told(false));
        enough &= coverage.is_enough();
    }
    Ok(enough)
}

/// Does the jobs, the last first: those take longest.
fn work(jobs: Vec<Job<'_>>) -> Sums {
    let (sums, jobs) = (Mutex::new(Sums::default()), Mutex::new(jobs));
    let next = || {
        jobs.lock()
            .expect("no thread panics while it holds the jobs")
            .pop()
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(job) = next() {
                    let start = Instant::now();
                    let (told, counted) =
                        (job.run)().unwrap_or_else(|error| (format!("{error:#}\n"), Sums::one(false)));
                    let mut sums = sums.lock().expect("no thread panics while it holds the sums");
                    *sums += counted;
                    let Sums { passed, failed, .. } = counted;
                    println!(
                        "{} {}: {passed} held, {failed} did not, {} s",
                        mark(failed == 0),
                        job.name,
                        start.elapsed().as_secs()
                    );
                    print!("{told}");
                }
            });
        }
    });
    sums.into_inner().expect("the threads are over")
}

fn format(terraform: &Terraform, root: &Path) -> Result<(String, Sums)> {
    let output = terraform
        .command(root, ["fmt", "-check", "-recursive", "-diff"])
        .output()?;
    let told = [output.stdout, output.stderr].concat();
    Ok((
        String::from_utf8_lossy(&told).into_owned(),
        Sums::one(output.status.success()),
    ))
}

/// Every profile with the parameters of the demo, and with those at the other end.
fn ends() -> Result<Vec<(&'static str, Profile, ParameterValues)>> {
    let catalog = Catalog::load(&places::root().join("terraform"))?;
    let mut ends = Vec::new();
    for source in catalog.profiles() {
        let profile = &source.profile;
        ends.push(("demo", profile.clone(), plan::parameters(profile, &[])?));
        let mut far = extremes::parameters(profile, "far", "Z")?;
        // A zone of somebody else's would have to be there already; without one, it is made, and looked at here.
        far.remove("hosted_zone_id");
        ends.push(("extremes", profile.clone(), far));
    }
    Ok(ends)
}

fn mark(held: bool) -> &'static str {
    if held { "ok    " } else { "FAILED" }
}

/// Modules first, profiles last.
fn folders(root: &Path) -> Vec<PathBuf> {
    let below = |kind: &str| {
        let kind = root.join(kind);
        workspace::names(&kind)
            .into_iter()
            .map(move |name| kind.join(name))
    };
    below("modules").chain(below("profiles")).collect()
}
