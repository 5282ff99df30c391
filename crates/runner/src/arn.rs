//! What a resource's own attributes say about its region.

use serde_json::Value;

/// The region in an ARN; none for global services and for what is no ARN.
pub(crate) fn region_in_arn(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    let is_arn = parts.next() == Some("arn");
    parts.nth(2).filter(|region| is_arn && !region.is_empty())
}

/// The region a resource's attributes name: `region`, else that of its ARN, else that of its availability zone.
pub(crate) fn region_of(attributes: &Value) -> Option<&str> {
    let text = |name: &str| attributes[name].as_str().filter(|text| !text.is_empty());
    text("region")
        .or_else(|| text("arn").and_then(region_in_arn))
        .or_else(|| {
            text("availability_zone").and_then(|zone| zone.strip_suffix(|c: char| c.is_ascii_lowercase()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn region_arn_and_zone_are_tried_in_that_order() {
        assert_eq!(
            region_of(&json!({"region": "us-east-1", "arn": "arn:aws:s3:::b"})),
            Some("us-east-1")
        );
        assert_eq!(
            region_of(&json!({"arn": "arn:aws:sns:us-west-2:1:t"})),
            Some("us-west-2")
        );
        assert_eq!(
            region_of(&json!({"availability_zone": "eu-west-1c"})),
            Some("eu-west-1")
        );
        assert_eq!(region_of(&json!({"arn": "arn:aws:iam::1:role/r"})), None);
        assert_eq!(region_of(&json!({"arn": "x:aws:sns:us-west-2:1:t"})), None);
    }
}
