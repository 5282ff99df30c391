//! People, with the hashes of their passwords.

use lifeboat_domain::person::{Principal, User};
use lifeboat_domain::{Page, PageRequest, UserId};
use secrecy::{ExposeSecret, SecretString};
use sqlx::any::AnyRow;

use crate::page::{List, after_name};
use crate::row::{ReadRow, micros, now};
use crate::{NewAuditEvent, Result, Store, StoreError, audit, team};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, login, display_name, is_admin, password_hash, created_at from users ",
            $rest
        )
    };
}

/// A person to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Id.
    pub id: UserId,
    /// Log-in name, unique.
    pub login: String,
    /// Name as people say it.
    pub display_name: String,
    /// May administer the whole portal.
    pub is_admin: bool,
    /// Argon2id hash of the password; none: cannot log in by password.
    pub password_hash: Option<SecretString>,
}

/// What a log-in is checked against.
#[derive(Clone, Debug)]
pub struct LoginCredentials {
    /// The person.
    pub user: User,
    /// Argon2id hash of the password.
    pub password_hash: Option<SecretString>,
}

impl Store {
    /// Makes a person; `Taken("user login")` when the login is in use.
    pub async fn create_user(&self, user: NewUser, audit: NewAuditEvent) -> Result<User> {
        let mut tx = self.write().await?;
        let made = User {
            id: user.id,
            login: user.login,
            display_name: user.display_name,
            is_admin: user.is_admin,
            created_at: now(),
        };
        sqlx::query(
            "insert into users (id, login, display_name, is_admin, password_hash, created_at) \
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(made.id.to_string())
        .bind(made.login.clone())
        .bind(made.display_name.clone())
        .bind(i64::from(made.is_admin))
        .bind(user.password_hash.map(|hash| hash.expose_secret().to_owned()))
        .bind(micros(made.created_at))
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, audit, made.created_at).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// The person, or `NotFound`.
    pub async fn user(&self, id: UserId) -> Result<User> {
        let row = sqlx::query(select!("where id = $1"))
            .bind(id.to_string())
            .fetch_optional(self.pool())
            .await?;
        read(&row.ok_or(StoreError::NotFound("user"))?)
    }

    /// The person with that login.
    pub async fn user_by_login(&self, login: &str) -> Result<Option<User>> {
        Ok(self.login_credentials(login).await?.map(|found| found.user))
    }

    /// What a log-in with that login is checked against.
    pub async fn login_credentials(&self, login: &str) -> Result<Option<LoginCredentials>> {
        let row = sqlx::query(select!("where login = $1"))
            .bind(login.to_owned())
            .fetch_optional(self.pool())
            .await?;
        row.map(|row| {
            Ok(LoginCredentials {
                user: read(&row)?,
                password_hash: row.opt_text("password_hash")?.map(SecretString::from),
            })
        })
        .transpose()
    }

    /// Replaces the hash of the password.
    pub async fn set_password_hash(
        &self,
        user: UserId,
        hash: &SecretString,
        audit: NewAuditEvent,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        let done = sqlx::query("update users set password_hash = $1 where id = $2")
            .bind(hash.expose_secret().to_owned())
            .bind(user.to_string())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound("user"));
        }
        audit::append(&mut tx, audit, now()).await?;
        tx.commit().await
    }

    /// The person with teams and roles, as a principal without a token.
    pub async fn principal(&self, user: UserId) -> Result<Option<Principal>> {
        let mut connection = self.pool().acquire().await?;
        let row = sqlx::query(select!("where id = $1"))
            .bind(user.to_string())
            .fetch_optional(&mut *connection)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Principal {
            user: read(&row)?,
            memberships: team::memberships(&mut connection, user).await?,
            token: None,
        }))
    }

    /// People by login.
    pub async fn users(&self, page: &PageRequest) -> Result<Page<User>> {
        List::new(select!("where 1 = 1"))
            .only("login > $?", Some(after_name(page)?))?
            .page(self.pool(), page, "order by login", read, |row| row.text("login"))
            .await
    }
}

fn read(row: &AnyRow) -> Result<User> {
    Ok(User {
        id: row.parsed("id")?,
        login: row.text("login")?,
        display_name: row.text("display_name")?,
        is_admin: row.flag("is_admin")?,
        created_at: row.time("created_at")?,
    })
}
