//! The audit chain.

use lifeboat_domain::PageRequest;
use lifeboat_store::AuditFilter;
use secrecy::ExposeSecret;

use crate::support::{Scene, audit, on_both};

on_both![
    events_recorded_at_once_form_one_chain,
    a_changed_or_missing_event_is_found,
];

async fn events_recorded_at_once_form_one_chain(scene: Scene) {
    let processes = [scene.test.store.clone(), scene.another_process().await];
    let writers = (0..4).map(|writer| {
        let store = processes[writer % 2].clone();
        tokio::spawn(async move {
            for n in 0..5 {
                store.append_audit(audit(&format!("{writer}.{n}"))).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(scene.verify_audit_chain().await.unwrap(), None);
    let events = scene
        .audit_events(&AuditFilter::default(), &PageRequest::default())
        .await
        .unwrap()
        .items;
    assert_eq!(events.len(), 22, "two people were made before");
    assert_eq!(events[0].detail, serde_json::json!({ "why": "test" }));
}

async fn a_changed_or_missing_event_is_found(scene: Scene) {
    let mut made = Vec::new();
    for n in 0..4 {
        made.push(scene.append_audit(audit(&format!("step.{n}"))).await.unwrap());
    }
    // As someone with the database's password could do.
    let direct = sqlx::AnyPool::connect(scene.test.url.expose_secret())
        .await
        .unwrap();
    let change = async |sql: &'static str, id: String| {
        sqlx::query(sql).bind(id).execute(&direct).await.unwrap();
    };
    change(
        "update audit_events set actor = 'eve' where id = $1",
        made[1].id.to_string(),
    )
    .await;
    assert_eq!(scene.verify_audit_chain().await.unwrap().unwrap().id, made[1].id);
    change(
        "update audit_events set actor = 'ada' where id = $1",
        made[1].id.to_string(),
    )
    .await;
    assert_eq!(scene.verify_audit_chain().await.unwrap(), None);
    change("delete from audit_events where id = $1", made[2].id.to_string()).await;
    assert_eq!(scene.verify_audit_chain().await.unwrap().unwrap().id, made[3].id);
}
