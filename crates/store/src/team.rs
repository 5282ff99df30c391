//! Teams and memberships.

use std::collections::BTreeSet;

use lifeboat_domain::person::{Membership, Team};
use lifeboat_domain::role::Role;
use lifeboat_domain::{Page, PageRequest, TeamId, UserId};

use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::page::{List, after_name};
use crate::row::{ReadRow, now};
use crate::{NewAuditEvent, Result, Store, StoreError, audit};

impl Store {
    /// The team of that name, made when there is none.
    pub async fn ensure_team(&self, name: &str) -> Result<Team> {
        let mut tx = self.write().await?;
        sqlx::query("insert into teams (id, name) values ($1, $2) on conflict (name) do nothing")
            .bind(TeamId::generate().to_string())
            .bind(name.to_owned())
            .execute(&mut *tx)
            .await?;
        let row = sqlx::query("select id, name from teams where name = $1")
            .bind(name.to_owned())
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        read(&row)
    }

    /// The team of that name.
    pub async fn team_by_name(&self, name: &str) -> Result<Option<Team>> {
        let row = sqlx::query("select id, name from teams where name = $1")
            .bind(name.to_owned())
            .fetch_optional(self.pool())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Teams by name.
    pub async fn teams(&self, visible_to: Option<UserId>, page: &PageRequest) -> Result<Page<Team>> {
        List::new("select id, name from teams where 1 = 1")
            .only(
                "exists (select 1 from memberships m where m.user_id = $? and m.team_id = teams.id)",
                visible_to.map(|user| user.to_string()),
            )?
            .only("name > $?", Some(after_name(page)?))?
            .page(self.pool(), page, "order by name", read, |row| row.text("name"))
            .await
    }

    /// Makes the person's roles in the team be exactly these; none ends the membership.
    pub async fn set_membership(
        &self,
        user: UserId,
        team: TeamId,
        roles: &BTreeSet<Role>,
        audit: NewAuditEvent,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        // Waits for another change of the same person, so that the two do not mix.
        let found = sqlx::query("update users set login = login where id = $1")
            .bind(user.to_string())
            .execute(&mut *tx)
            .await?;
        if found.rows_affected() == 0 {
            return Err(StoreError::NotFound("user"));
        }
        let found = sqlx::query("select id from teams where id = $1")
            .bind(team.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        found.ok_or(StoreError::NotFound("team"))?;
        sqlx::query("delete from memberships where user_id = $1 and team_id = $2")
            .bind(user.to_string())
            .bind(team.to_string())
            .execute(&mut *tx)
            .await?;
        for role in roles {
            sqlx::query("insert into memberships (user_id, team_id, role) values ($1, $2, $3)")
                .bind(user.to_string())
                .bind(team.to_string())
                .bind(role.as_str())
                .execute(&mut *tx)
                .await?;
        }
        audit::append(&mut tx, audit, now()).await?;
        tx.commit().await
    }
}

/// A person's memberships, by team name.
pub(crate) async fn memberships(connection: &mut AnyConnection, user: UserId) -> Result<Vec<Membership>> {
    let rows = sqlx::query(
        "select t.id, t.name, m.role from memberships m join teams t on t.id = m.team_id \
         where m.user_id = $1 order by t.name",
    )
    .bind(user.to_string())
    .fetch_all(connection)
    .await?;
    let mut memberships: Vec<Membership> = Vec::new();
    for row in &rows {
        let (team, role) = (read(row)?, row.named("role", Role::parse)?);
        match memberships.last_mut().filter(|last| last.team == team) {
            Some(last) => drop(last.roles.insert(role)),
            None => memberships.push(Membership {
                team,
                roles: BTreeSet::from([role]),
            }),
        }
    }
    Ok(memberships)
}

fn read(row: &AnyRow) -> Result<Team> {
    Ok(Team {
        id: row.parsed("id")?,
        name: row.text("name")?,
    })
}
