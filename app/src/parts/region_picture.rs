//! The two regions as they are read: who writes, who follows, where the name leads, and how far the follower is behind.
//!
//! Regions keep their places, the one built as primary first; what turns is the arrow.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::reading::{NameAnswer, Readings, RegionReadings, SecretPresence, SecretState};

use super::reading::source;
use super::{Mark, Shape, Tone, age, icon, reading, why};
use crate::words;

/// What the picture is drawn from.
pub(crate) struct Picture<'a> {
    /// What was read last.
    pub(crate) readings: &'a Readings,
    /// Recovery point objective, seconds.
    pub(crate) rpo_seconds: Option<u32>,
    /// The region that a failover makes the writer, while one goes on.
    pub(crate) moving_to: Option<&'a str>,
    /// When the page is made.
    pub(crate) now: DateTime<Utc>,
}

/// Cards of both regions with the name above and the replication between them.
pub(crate) fn region_picture(picture: &Picture<'_>) -> AnyView {
    let readings = picture.readings;
    let cards: Vec<_> = readings
        .regions
        .iter()
        .map(|region| card(picture, region))
        .collect();
    let mut cards = cards.into_iter();
    let (left, right) = (cards.next(), cards.next());
    view! {
        <div class="regions-now">
            {name(picture)}
            {left}
            {replication(picture)}
            {right}
        </div>
    }
    .into_any()
}

/// What a region does in the database.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Writes,
    Follows,
    Apart,
    Unknown,
}

fn role(readings: &Readings, region: &str, now: DateTime<Utc>) -> Role {
    let Some(topology) = readings.topology.known(now) else {
        return Role::Unknown;
    };
    match topology.member_in(region) {
        _ if topology.writer_region.as_deref() == Some(region) => Role::Writes,
        Some(_) => Role::Follows,
        None => Role::Apart,
    }
}

fn role_mark(picture: &Picture<'_>, role: Role, region: &str) -> Mark {
    let tone = match picture.moving_to == Some(region) {
        true => Tone::Failover,
        false => Tone::Quiet,
    };
    match role {
        Role::Writes => Mark::new(tone, Shape::Dot, "Writer"),
        Role::Follows => Mark::new(tone, Shape::Waiting, "Follows"),
        Role::Apart => Mark::new(Tone::Bad, Shape::Cross, "No member of the global database"),
        Role::Unknown => Mark::new(Tone::Quiet, Shape::Unknown, "Role unknown"),
    }
}

fn card(picture: &Picture<'_>, region: &RegionReadings) -> AnyView {
    let (readings, now) = (picture.readings, picture.now);
    let role = role(readings, &region.region, now);
    let class = match (role, picture.moving_to == Some(region.region.as_str())) {
        (_, true) => "region-now target",
        _ if is_away(region, now) => "region-now away",
        (Role::Writes, false) => "region-now writer",
        (Role::Apart | Role::Unknown, false) => "region-now uncertain",
        (Role::Follows, false) => "region-now",
    };
    let seen = match role {
        Role::Unknown => why(&readings.topology, now),
        _ => view! { {age(&readings.topology, now)} }.into_any(),
    };
    view! {
        <section class=class aria-label=format!("Region {}", region.region)>
            <h3>{region.region.clone()}</h3>
            <p class="role">{role_mark(picture, role, &region.region).view()}" "{seen}</p>
            <dl class="region-facts">
                <dt>"Cluster"</dt><dd>{cluster(region, now)}</dd>
                <dt>"Application"</dt><dd>{application(region, now)}</dd>
                <dt>"Health check"</dt><dd>{health_check(region, now)}</dd>
                <dt>"Alarms"</dt><dd>{alarms(region, now)}</dd>
                <dt>"Heartbeat"</dt><dd>{heartbeat(region, role, now)}</dd>
                <dt>"Credentials"</dt><dd>{credentials(region, now)}</dd>
            </dl>
        </section>
    }
    .into_any()
}

/// Nothing in it answers: its application does not, and its cluster can no longer be read.
fn is_away(region: &RegionReadings, now: DateTime<Utc>) -> bool {
    let silent = region
        .application
        .known(now)
        .is_some_and(|probe| probe.status.is_none());
    silent && region.cluster.known(now).is_none()
}

/// The newest heartbeat of the region's writer; a follower that never was a writer has none, and needs none.
fn heartbeat(region: &RegionReadings, role: Role, now: DateTime<Utc>) -> AnyView {
    let none_yet = region.heartbeat.value.is_none() && region.heartbeat.trouble.is_none();
    if role == Role::Follows && none_yet {
        return view! { <span class="second">"none: it does not write"</span> }.into_any();
    }
    reading(&region.heartbeat, now, |beat| {
        let at = words::time_of_day(beat.written_at);
        view! { <span title=words::exact(beat.written_at)>{format!("{at} UTC")}</span> }.into_any()
    })
}

/// The secret with the database's credentials: that it is there, and whether it is a copy that follows.
fn credentials(region: &RegionReadings, now: DateTime<Utc>) -> AnyView {
    reading(&region.secret, now, |secret| {
        let late = secret.replicas.iter().find(|replica| !replica.is_in_sync());
        let more = match (late, &secret.replica_of) {
            (Some(late), _) => format!("its replica in {} is {}", late.region, late.status),
            (None, Some(original)) => format!("a replica of {original}'s"),
            (None, None) => String::new(),
        };
        let title = secret
            .changed_at
            .map(|at| format!("changed {}", words::exact(at)));
        let is_well = secret.can_be_read() && late.is_none();
        view! { <span title=title>{well(is_well, presence(secret))}" "<span class="second">{more}</span></span> }
            .into_any()
    })
}

fn presence(secret: &SecretState) -> &'static str {
    match secret.presence {
        SecretPresence::Missing => "missing",
        SecretPresence::Deleted => "deleted",
        SecretPresence::Present if secret.current_version.is_none() => "empty",
        SecretPresence::Present => "there",
    }
}

fn well(yes: bool, word: impl Into<String>) -> AnyView {
    let (tone, shape) = match yes {
        true => (Tone::Ok, Shape::Check),
        false => (Tone::Bad, Shape::Cross),
    };
    Mark::new(tone, shape, word).view()
}

fn cluster(region: &RegionReadings, now: DateTime<Utc>) -> AnyView {
    reading(&region.cluster, now, |cluster| {
        let (of, there) = (cluster.instances, cluster.available_instances);
        let count = match of {
            0 => "no instances".to_owned(),
            1 if there == 1 => "1 instance".to_owned(),
            _ if of == there => format!("{of} instances"),
            _ => format!("{there} of {of} instances available"),
        };
        let more = match cluster.capacity.is_empty() {
            true => count,
            false => format!("{count}, {}", cluster.capacity),
        };
        view! { {well(cluster.can_write(), cluster.status.clone())}" "<span class="second">{more}</span> }
            .into_any()
    })
}

fn application(region: &RegionReadings, now: DateTime<Utc>) -> AnyView {
    reading(&region.application, now, |probe| {
        let word = if probe.healthy { "answers" } else { "does not work" };
        view! { {well(probe.healthy, word)}" "<span class="second">{probe.detail.clone()}</span> }.into_any()
    })
}

fn health_check(region: &RegionReadings, now: DateTime<Utc>) -> AnyView {
    reading(&region.health_check, now, |healthy| {
        well(*healthy, if *healthy { "healthy" } else { "unhealthy" })
    })
}

fn alarms(region: &RegionReadings, now: DateTime<Utc>) -> AnyView {
    reading(&region.alarms, now, |alarms| {
        let ringing: Vec<_> = alarms.iter().filter(|alarm| alarm.rings()).collect();
        let undecided = alarms.len() - ringing.len();
        let undecided = (undecided > 0).then(|| {
            let said = words::counted(undecided, "has no data", "have no data");
            Mark::new(Tone::Quiet, Shape::Unknown, said).view()
        });
        if ringing.is_empty() {
            return match undecided {
                Some(undecided) => undecided,
                None => well(true, "none rings"),
            };
        }
        let names = ringing
            .iter()
            .map(|alarm| {
                let since = words::relative(alarm.since, now);
                let title = format!("{} (since {}, {since})", alarm.reason, words::exact(alarm.since));
                view! { <li title=title>{alarm.name.clone()}</li> }
            })
            .collect_view();
        let word = words::counted(ringing.len(), "alarm rings", "alarms ring");
        view! { {well(false, word)}{undecided}<ul class="ringing">{names}</ul> }.into_any()
    })
}

/// The arrow from the writer to its follower, with how far that one is behind.
fn replication(picture: &Picture<'_>) -> AnyView {
    let (readings, now) = (picture.readings, picture.now);
    let first = readings.regions.first().map(|region| region.region.as_str());
    let writer = readings.writer(now);
    let (class, said) = match writer {
        Some(writer) if Some(writer) == first => {
            ("arrow", format!("{writer} replicates to the other region"))
        }
        Some(writer) => ("arrow turned", format!("{writer} replicates to the other region")),
        None => ("arrow broken", "nobody knows which region writes".to_owned()),
    };
    let moving = picture.moving_to.is_some();
    let head = (writer.is_some()).then(|| view! { <path class="head" d="m92 4 7 6-7 6"/> });
    let rpo = picture
        .rpo_seconds
        .map(|rpo| format!(", RPO {rpo} s"))
        .unwrap_or_default();
    let lag = match readings.lag_seconds.known(now) {
        Some(lag) => {
            let over = picture.rpo_seconds.is_some_and(|rpo| *lag > f64::from(rpo));
            view! {
                <p class="lag-figure" class:over=over>
                    {over.then(|| icon("triangle"))}
                    <b>{words::figure(*lag)}</b>
                    <small>{format!("behind{rpo}")}</small>
                    {age(&readings.lag_seconds, now)}
                </p>
            }
            .into_any()
        }
        None => view! {
            <p class="lag-figure unknown">
                <b>"?"</b>
                <small>{format!("lag unknown{rpo}")}</small>
                {why(&readings.lag_seconds, now)}
            </p>
        }
        .into_any(),
    };
    view! {
        <div class="replication" class:moving=moving title=source(&readings.lag_seconds)>
            <span class="sr">{said}</span>
            <svg class=class viewBox="0 0 100 20" aria-hidden="true" focusable="false">
                <path d="M1 10h97"/>
                {head}
            </svg>
            {lag}
        </div>
    }
    .into_any()
}

/// The application's name above the region it leads to.
fn name(picture: &Picture<'_>) -> AnyView {
    let (readings, now) = (picture.readings, picture.now);
    let known = readings.name.known(now);
    let there = known.and_then(|answer| answer.region.as_deref());
    let side = |index: usize| {
        let region = readings.regions.get(index).map(|region| region.region.as_str());
        there.is_some() && region == there
    };
    let orange = picture.moving_to.is_some() && picture.moving_to == there;
    view! {
        <div class="name-now" class:moving=orange title=source(&readings.name)>
            {curve("left", "M100 6C40 6 6 8 6 30", side(0))}
            <p>{name_words(picture, known)}</p>
            {curve("right", "M0 6C60 6 94 8 94 30", side(1))}
        </div>
    }
    .into_any()
}

fn name_words(picture: &Picture<'_>, known: Option<&NameAnswer>) -> AnyView {
    let (reading, now) = (&picture.readings.name, picture.now);
    let asked = reading.value.as_ref().map(|answer| answer.name.clone());
    let asked = asked.unwrap_or_else(|| "The name".to_owned());
    match known {
        Some(answer) => {
            let leads = match &answer.region {
                Some(region) => format!("leads to {region}"),
                None => "leads to neither region".to_owned(),
            };
            let lost = answer.region.is_none().then(|| icon("triangle"));
            let title = answer.answers.join(" → ");
            view! {
                <b title=title>{asked}</b>
                <span class="second" class:over=answer.region.is_none()>{lost}{leads}</span>
                {age(reading, now)}
            }
            .into_any()
        }
        None => view! {
            <b>{asked}</b>
            <span class="second">{icon("unknown")}"where it leads is unknown"</span>
            {why(reading, now)}
        }
        .into_any(),
    }
}

/// From the name down to a region; with a head where the name leads.
fn curve(side: &'static str, drawn: &'static str, leads: bool) -> AnyView {
    view! {
        <div class=format!("curve {side}") class:leads=leads>
            <svg viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                <path d=drawn vector-effect="non-scaling-stroke"/>
            </svg>
            {leads.then(|| icon("down"))}
        </div>
    }
    .into_any()
}
