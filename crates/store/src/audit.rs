//! The audit chain: each event's hash covers the one before, so that none can be changed or left out unseen.

use chrono::{DateTime, Utc};
use lifeboat_domain::audit::AuditEvent;
use lifeboat_domain::{AuditEventId, Digest, EnvironmentId, Page, PageRequest, TeamId, UserId};
use serde::Serialize;
use serde_json::Value;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::page::{List, below_number};
use crate::row::{ReadRow, json_text, micros, now};
use crate::{Result, Store, StoreError};

/// What the first event's hash covers instead of an event before.
const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

macro_rules! select {
    () => {
        "select seq, id, at, actor, action, subject, detail, team_id, environment_id, hash from audit_events"
    };
}

/// An event to be recorded, in the same transaction as what it tells of.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAuditEvent {
    /// Login of the person, or `system`.
    pub actor: String,
    /// What was done, such as `run.approve`.
    pub action: String,
    /// To what, such as `run/0190…`.
    pub subject: String,
    /// Further facts, never secrets.
    pub detail: Value,
    /// The team it concerns; its members may read it. None: portal admins only.
    pub team: Option<TeamId>,
    /// The environment it concerns.
    pub environment: Option<EnvironmentId>,
}

/// Which audit events are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only events of teams this person is a member of; none for all.
    pub visible_to: Option<UserId>,
    /// Only events of this environment.
    pub environment: Option<EnvironmentId>,
}

impl Store {
    /// Records an event that has no transaction of its own, such as a failed log-in.
    pub async fn append_audit(&self, event: NewAuditEvent) -> Result<AuditEvent> {
        let mut tx = self.write().await?;
        let appended = append(&mut tx, event, now()).await?;
        tx.commit().await?;
        Ok(appended)
    }

    /// Events, newest first.
    pub async fn audit_events(&self, filter: &AuditFilter, page: &PageRequest) -> Result<Page<AuditEvent>> {
        List::new(concat!(select!(), " where 1 = 1"))
            .only(
                "exists (select 1 from memberships m where m.user_id = $? and m.team_id = audit_events.team_id)",
                filter.visible_to.map(|user| user.to_string()),
            )?
            .only(
                "environment_id = $?",
                filter.environment.map(|environment| environment.to_string()),
            )?
            .only("seq < $?", Some(below_number(page)?))?
            .page(self.pool(), page, "order by seq desc", read, |row| row.int("seq"))
            .await
    }

    /// Walks the whole chain; the first event whose hash does not fit, if there is one.
    pub async fn verify_audit_chain(&self) -> Result<Option<AuditEvent>> {
        let (mut seq, mut before) = (0, FIRST.to_owned());
        loop {
            let rows = sqlx::query(concat!(select!(), " where seq > $1 order by seq limit 1000"))
                .bind(seq)
                .fetch_all(self.pool())
                .await?;
            if rows.is_empty() {
                return Ok(None);
            }
            for row in &rows {
                seq += 1;
                let link = Link {
                    before: &before,
                    seq,
                    id: &row.text("id")?,
                    at: row.int("at")?,
                    actor: &row.text("actor")?,
                    action: &row.text("action")?,
                    subject: &row.text("subject")?,
                    detail: &row.text("detail")?,
                    team: row.opt_text("team_id")?.as_deref(),
                    environment: row.opt_text("environment_id")?.as_deref(),
                }
                .hash()?;
                let event = read(row)?;
                if row.int("seq")? != seq || event.hash != link {
                    return Ok(Some(event));
                }
                before = link.to_string();
            }
        }
    }
}

/// What a hash covers, in this order.
#[derive(Serialize)]
struct Link<'a> {
    before: &'a str,
    seq: i64,
    id: &'a str,
    at: i64,
    actor: &'a str,
    action: &'a str,
    subject: &'a str,
    /// JSON text as it is kept, so that no key order matters.
    detail: &'a str,
    team: Option<&'a str>,
    environment: Option<&'a str>,
}

impl Link<'_> {
    fn hash(&self) -> Result<Digest> {
        Ok(Digest::of(json_text(self)?.as_bytes()))
    }
}

/// Appends to the chain. Locks it until the transaction ends: call it last.
pub(crate) async fn append(
    connection: &mut AnyConnection,
    event: NewAuditEvent,
    at: DateTime<Utc>,
) -> Result<AuditEvent> {
    let head = sqlx::query("update audit_head set seq = seq + 1 where id = 1 returning seq, hash")
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(StoreError::NotFound("head of the audit chain"))?;
    let (seq, before) = (head.int("seq")?, head.text("hash")?);
    let id = AuditEventId::generate();
    let detail = json_text(&event.detail)?;
    let (team, environment) = (
        event.team.map(|id| id.to_string()),
        event.environment.map(|id| id.to_string()),
    );
    let hash = Link {
        before: &before,
        seq,
        id: &id.to_string(),
        at: micros(at),
        actor: &event.actor,
        action: &event.action,
        subject: &event.subject,
        detail: &detail,
        team: team.as_deref(),
        environment: environment.as_deref(),
    }
    .hash()?;
    sqlx::query(
        "insert into audit_events (seq, id, at, actor, action, subject, detail, team_id, environment_id, hash) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(seq)
    .bind(id.to_string())
    .bind(micros(at))
    .bind(event.actor.clone())
    .bind(event.action.clone())
    .bind(event.subject.clone())
    .bind(detail)
    .bind(team)
    .bind(environment)
    .bind(hash.to_string())
    .execute(&mut *connection)
    .await?;
    sqlx::query("update audit_head set hash = $1 where id = 1")
        .bind(hash.to_string())
        .execute(connection)
        .await?;
    Ok(AuditEvent {
        id,
        at,
        actor: event.actor,
        action: event.action,
        subject: event.subject,
        detail: event.detail,
        hash,
    })
}

fn read(row: &AnyRow) -> Result<AuditEvent> {
    Ok(AuditEvent {
        id: row.parsed("id")?,
        at: row.time("at")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.json("detail")?,
        hash: row.parsed("hash")?,
    })
}
