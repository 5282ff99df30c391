//! What a session may do at most, whatever its role allows: AWS intersects the two.

use lifeboat_runner::Purpose;
use serde_json::{Value, json};

/// Services that answer in one region for all, so that a region must not be asked of them.
const GLOBAL_ACTIONS: [&str; 9] = [
    "iam:*",
    "sts:*",
    "route53:*",
    "cloudfront:*",
    "health:*",
    "support:*",
    "tag:*",
    "s3:GetBucketLocation",
    "s3:ListAllMyBuckets",
];

/// What no environment is made of, but what would let a session outlive itself.
const NEVER: [&str; 7] = [
    "account:*",
    "organizations:*",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateUser",
    "iam:PutUserPolicy",
];

/// What reading back a secret's version and planning an ephemeral password need beyond AWS's read-only policy.
const PLAN_READS: [&str; 3] = [
    "kms:Decrypt",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:GetSecretValue",
];

/// What watching an environment and moving its roles takes; no role's session does more in the portal's hands.
const OPERATING: [&str; 19] = [
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:UpdateItem",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "rds-data:ExecuteStatement",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
    "rds:DescribeGlobalClusters",
    "rds:FailoverGlobalCluster",
    "rds:SwitchoverGlobalCluster",
    "route53:GetHealthCheckStatus",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:PutParameter",
];

/// The inline policy. `regions` empty means that no region is asked for.
pub(crate) fn inline(purpose: Purpose, regions: &[String]) -> String {
    let allowed: Value = match purpose {
        Purpose::Plan => json!(PLAN_READS),
        Purpose::Apply => json!("*"),
        Purpose::Operate => json!(OPERATING),
    };
    let mut statements = vec![
        json!({ "Sid": "Allowed", "Effect": "Allow", "Action": allowed, "Resource": "*" }),
        json!({ "Sid": "Never", "Effect": "Deny", "Action": NEVER, "Resource": "*" }),
    ];
    // A move of roles is asked for in one region and carried out by RDS in both: a list of regions could stop it midway.
    if !regions.is_empty() && purpose != Purpose::Operate {
        statements.push(json!({
            "Sid": "OnlyTheseRegions",
            "Effect": "Deny",
            "NotAction": GLOBAL_ACTIONS,
            "Resource": "*",
            "Condition": { "StringNotEquals": { "aws:RequestedRegion": regions } },
        }));
    }
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// AWS's own policies that are added to the inline one, in the partition of `role_arn`: planning only reads.
pub(crate) fn managed(purpose: Purpose, role_arn: &str) -> Option<String> {
    let partition = role_arn.split(':').nth(1).unwrap_or("aws");
    match purpose {
        Purpose::Plan => Some(format!("arn:{partition}:iam::aws:policy/ReadOnlyAccess")),
        Purpose::Apply | Purpose::Operate => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_policy_fits_into_aws_limit() {
        let regions = ["us-gov-east-1".to_owned(), "ap-southeast-2".to_owned()];
        for purpose in [Purpose::Plan, Purpose::Apply, Purpose::Operate] {
            let policy = inline(purpose, &regions);
            assert!(policy.len() <= 2048, "{} characters", policy.len());
        }
    }

    #[test]
    fn planning_allows_no_action_that_changes_anything() {
        let policy: Value = serde_json::from_str(&inline(Purpose::Plan, &[])).unwrap();
        assert_eq!(policy["Statement"][0]["Action"], json!(PLAN_READS));
        assert_eq!(policy["Statement"].as_array().unwrap().len(), 2);
        assert_eq!(
            managed(Purpose::Plan, "arn:aws-cn:iam::1:role/x").unwrap(),
            "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"
        );
        assert_eq!(managed(Purpose::Apply, "arn:aws:iam::1:role/x"), None);
    }

    #[test]
    fn operating_makes_and_destroys_nothing() {
        let policy: Value =
            serde_json::from_str(&inline(Purpose::Operate, &["us-east-1".to_owned()])).unwrap();
        let allowed = policy["Statement"][0]["Action"].to_string();
        for word in ["Create", "Delete", "Modify", "iam:", "*"] {
            assert!(!allowed.contains(word), "{word} in {allowed}");
        }
        assert_eq!(policy["Statement"].as_array().unwrap().len(), 2);
    }
}
