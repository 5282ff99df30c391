use serde_json::json;

use super::*;

fn state() -> Vec<u8> {
    let aws = |alias: &str| format!("provider[\"registry.terraform.io/hashicorp/aws\"].{alias}");
    json!({
        "version": 4, "serial": 12, "lineage": "a-lineage", "terraform_version": "1.11.4",
        "outputs": {
            "open": {"value": {"k": 1}, "type": ["object", {"k": "number"}]},
            "closed": {"value": "hunter2-in-clear", "type": "string", "sensitive": true},
        },
        "resources": [
            {"mode": "data", "type": "aws_region", "name": "here", "provider": aws("standby"),
             "instances": [{"attributes": {"id": "us-west-2"}}]},
            {"module": "module.a[\"k\"]", "mode": "managed", "type": "aws_sns_topic", "name": "t",
             "provider": aws("standby"), "instances": [
                {"index_key": 1, "attributes": {"id": "t1", "arn": "arn:aws:sns:us-west-2:1:t1"}},
                {"index_key": "x", "attributes": {"id": "tx", "arn": "arn:aws:sns:us-west-2:1:tx", "policy": "hunter2-in-clear"}},
             ]},
            {"mode": "managed", "type": "aws_s3_bucket_versioning", "name": "v", "provider": aws("standby"),
             "instances": [{"attributes": {"id": "bucket"}}]},
            {"mode": "managed", "type": "aws_route53_record", "name": "r", "provider": aws("standby"),
             "instances": [{"attributes": {"id": "r"}}, {"deposed": "00ff", "attributes": {"id": "old"}}]},
        ],
    })
    .to_string()
    .into_bytes()
}

#[test]
fn serial_lineage_and_size_are_read() {
    let header = header(&state()).unwrap();
    assert_eq!(
        (header.serial, header.lineage.as_str(), header.resources),
        (12, "a-lineage", 5)
    );
}

#[test]
fn a_sensitive_output_has_no_value() {
    let outputs = outputs(&state()).unwrap();
    let told: Vec<_> = outputs
        .iter()
        .map(|o| (o.name.as_str(), o.value.clone(), o.sensitive))
        .collect();
    assert_eq!(
        told,
        [("closed", None, true), ("open", Some(json!({"k": 1})), false)]
    );
}

#[test]
fn resources_have_address_id_arn_and_region_and_nothing_else() {
    let resources = resources(&state()).unwrap();
    let told: Vec<_> = resources
        .iter()
        .map(|r| (r.address.as_str(), r.id.as_str(), r.region.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("aws_route53_record.r", "r", ""),
            ("aws_route53_record.r (deposed 00ff)", "old", ""),
            ("aws_s3_bucket_versioning.v", "bucket", "us-west-2"),
            ("module.a[\"k\"].aws_sns_topic.t[\"x\"]", "tx", "us-west-2"),
            ("module.a[\"k\"].aws_sns_topic.t[1]", "t1", "us-west-2"),
        ]
    );
    assert!(!serde_json::to_string(&resources).unwrap().contains("hunter2"));
}

#[test]
fn what_is_no_state_is_refused_without_quoting_it() {
    for text in [
        "",
        "[]",
        "{\"version\":3,\"serial\":1,\"lineage\":\"x\"}",
        "{\"serial\":\"hunter2-in-clear\"}",
    ] {
        let error = header(text.as_bytes()).unwrap_err().to_string();
        assert!(
            error.contains("no Terraform state of format version 4") && !error.contains("hunter2"),
            "{error}"
        );
    }
}
