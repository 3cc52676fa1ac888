//! What a case must end in, by hand: one function for each stage at which reading ends.

use serde_json::{Value, json};

const OPEN: &str = "not_checked";

fn axes(light: &str, reading: [&str; 4], judged: [&str; 3]) -> Value {
    let [transport, format, issuer, signature] = reading;
    let [time, revocation, sufficiency] = judged;
    json!({
        "light": light, "transport": transport, "format": format, "issuer": issuer, "signature": signature,
        "time": time, "revocation": revocation, "sufficiency": sufficiency,
    })
}

fn refused(light: &str, reading: [&str; 4], code: &str) -> Value {
    let mut expected = axes(light, reading, [OPEN; 3]);
    expected["refusal"] = json!(code);
    expected["reasons"] = json!([]);
    expected["compare"] = json!([]);
    expected
}

/// The text did not arrive.
pub fn transport(found: &str, code: &str) -> Value {
    refused("grey", [found, OPEN, OPEN, OPEN], code)
}

/// Another system's code, whatever a reader calls it.
pub fn foreign() -> Value {
    axes("grey", ["not_ours", OPEN, OPEN, OPEN], [OPEN; 3])
}

pub fn newer() -> Value {
    refused("grey", ["ok", "newer_version", OPEN, OPEN], "code_newer_version")
}

pub fn cose() -> Value {
    refused("grey", ["ok", "malformed", OPEN, OPEN], "certificate_malformed")
}

pub fn unknown() -> Value {
    refused("amber", ["ok", "ok", "unknown_kid", OPEN], "issuer_unknown")
}

pub fn forged() -> Value {
    refused("red", ["ok", "ok", OPEN, "invalid"], "certificate_forged")
}

pub fn claims() -> Value {
    refused("grey", ["ok", "malformed", OPEN, "valid"], "claims_malformed")
}

pub fn scope() -> Value {
    refused("red", ["ok", "ok", "out_of_scope", "valid"], "issuer_out_of_scope")
}

pub fn key(light: &str, issuer: &str, code: &str) -> Value {
    refused(light, ["ok", "ok", issuer, "valid"], code)
}

/// The list itself is not taken.
pub fn no_list(code: &str) -> Value {
    json!({ "trust_list": code })
}

/// Read and judged: time, revocation, sufficiency.
pub fn judged(light: &str, judged: [&str; 3], reasons: &[&str]) -> Value {
    let mut expected = axes(light, ["ok", "ok", "known", "valid"], judged);
    expected["refusal"] = Value::Null;
    expected["reasons"] = json!(reasons);
    expected["compare"] = match light {
        "red" => json!([]),
        _ => json!(["name", "birth_date", "sex", "photo"]),
    };
    expected
}

pub fn green() -> Value {
    judged("green", ["in_force", "clear", "alone"], &[])
}
