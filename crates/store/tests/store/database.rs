//! The database itself: first starts, migrations, its private file.

use lifeboat_store::testing::PostgresServer;
use lifeboat_store::{Engine, Store};
use secrecy::SecretString;

use crate::support::{Scene, on_both};

on_both![
    first_starts_at_once_leave_one_schema,
    a_migrated_database_says_so_and_answers,
];

async fn first_starts_at_once_leave_one_schema(scene: Scene) {
    for round in 0..5 {
        let url: SecretString = match scene.engine() {
            Engine::Sqlite => format!("sqlite://{}/fresh-{round}.db", scene.test.folder().display()).into(),
            Engine::Postgres => PostgresServer::shared().new_database().await,
        };
        let starts = (0..4).map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let store = Store::connect(&url).await?;
                store.migrate().await?;
                store.ensure_team("payments").await
            })
        });
        for start in starts.collect::<Vec<_>>() {
            start.await.unwrap().unwrap();
        }
        let teams = Store::connect(&url)
            .await
            .unwrap()
            .teams(None, &Default::default())
            .await
            .unwrap();
        assert_eq!(teams.items.len(), 1);
    }
}

async fn a_migrated_database_says_so_and_answers(scene: Scene) {
    assert!(scene.is_migrated().await.unwrap());
    scene.migrate().await.unwrap();
    scene.ping().await.unwrap();
    scene.close().await;
    assert!(scene.ping().await.is_err());
}
