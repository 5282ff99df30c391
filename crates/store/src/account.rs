//! AWS accounts: written from the configuration at every start.

use lifeboat_domain::account::Account;
use lifeboat_domain::{AccountId, Page, PageRequest};

use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::page::{List, after_name};
use crate::row::ReadRow;
use crate::{Result, Store, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, name, aws_account_id, plan_role_arn, apply_role_arn, operate_role_arn, external_id, guarded, \
             endpoint from accounts ",
            $rest
        )
    };
}

/// An account as the configuration names it; its id is the store's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// Name, unique.
    pub name: String,
    /// The 12 digits AWS knows it by.
    pub aws_account_id: String,
    /// Role assumed to plan.
    pub plan_role_arn: Option<String>,
    /// Role assumed to apply.
    pub apply_role_arn: Option<String>,
    /// Role assumed to read how an environment is and to move roles.
    pub operate_role_arn: Option<String>,
    /// External id sent with all of them.
    pub external_id: Option<String>,
    /// Whether the requester never approves.
    pub guarded: bool,
    /// Endpoint of all AWS services instead of AWS itself.
    pub endpoint: Option<String>,
}

impl Store {
    /// Makes the account of that name be as given; it keeps its id.
    pub async fn upsert_account(&self, account: NewAccount) -> Result<Account> {
        let mut tx = self.write().await?;
        sqlx::query(
            "insert into accounts (id, name, aws_account_id, plan_role_arn, apply_role_arn, operate_role_arn, \
             external_id, guarded, endpoint) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             on conflict (name) do update set aws_account_id = excluded.aws_account_id, \
             plan_role_arn = excluded.plan_role_arn, apply_role_arn = excluded.apply_role_arn, \
             operate_role_arn = excluded.operate_role_arn, external_id = excluded.external_id, guarded = excluded.guarded, endpoint = excluded.endpoint",
        )
        .bind(AccountId::generate().to_string())
        .bind(&account.name)
        .bind(account.aws_account_id)
        .bind(account.plan_role_arn)
        .bind(account.apply_role_arn)
        .bind(account.operate_role_arn)
        .bind(account.external_id)
        .bind(i64::from(account.guarded))
        .bind(account.endpoint)
        .execute(&mut *tx)
        .await?;
        let row = sqlx::query(select!("where name = $1"))
            .bind(account.name)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        read(&row)
    }

    /// The account, or `NotFound`.
    pub async fn account(&self, id: AccountId) -> Result<Account> {
        load(&mut *self.pool().acquire().await?, id).await
    }

    /// The account of that name.
    pub async fn account_by_name(&self, name: &str) -> Result<Option<Account>> {
        let row = sqlx::query(select!("where name = $1"))
            .bind(name.to_owned())
            .fetch_optional(self.pool())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Accounts by name.
    pub async fn accounts(&self, page: &PageRequest) -> Result<Page<Account>> {
        List::new(select!("where 1 = 1"))
            .only("name > $?", Some(after_name(page)?))?
            .page(self.pool(), page, "order by name", read, |row| row.text("name"))
            .await
    }
}

pub(crate) async fn load(connection: &mut AnyConnection, id: AccountId) -> Result<Account> {
    let row = sqlx::query(select!("where id = $1"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    read(&row.ok_or(StoreError::NotFound("account"))?)
}

fn read(row: &AnyRow) -> Result<Account> {
    Ok(Account {
        id: row.parsed("id")?,
        name: row.text("name")?,
        aws_account_id: row.text("aws_account_id")?,
        plan_role_arn: row.opt_text("plan_role_arn")?,
        apply_role_arn: row.opt_text("apply_role_arn")?,
        operate_role_arn: row.opt_text("operate_role_arn")?,
        external_id: row.opt_text("external_id")?,
        guarded: row.flag("guarded")?,
        endpoint: row.opt_text("endpoint")?,
    })
}
