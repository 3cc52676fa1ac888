//! Forms as browsers send them, turned into the same JSON shape the machines send: one struct reads both.
//!
//! A dot in a field's name makes an inner object: `viewer.name` is `{"viewer": {"name": …}}`.

use super::error::WebError;
use crate::messages;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

const FIELDS_MAX: usize = 32;

fn unreadable() -> WebError {
    WebError::Rule(&messages::FORM_UNREADABLE)
}

/// Reads `application/x-www-form-urlencoded`. Empty fields count as left out; unknown and repeated ones are refused.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, WebError> {
    let mut fields = Map::new();
    for pair in
        body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).take(FIELDS_MAX + 1)
    {
        if fields.len() >= FIELDS_MAX {
            return Err(unreadable());
        }
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        let value = decode(halves.next().unwrap_or_default())?;
        put(&mut fields, &name, value.trim())?;
    }
    serde_json::from_value(Value::Object(fields)).map_err(|_| unreadable())
}

/// Reads a JSON body. Unknown fields are the struct's to refuse.
pub(super) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, WebError> {
    serde_json::from_slice(body).map_err(|_| WebError::Json)
}

fn put(fields: &mut Map<String, Value>, name: &str, value: &str) -> Result<(), WebError> {
    if value.is_empty() {
        return Ok(());
    }
    let (holder, name) = match name.split_once('.') {
        None => (fields, name),
        Some((outer, inner)) => {
            let object = fields.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            (object.as_object_mut().ok_or_else(unreadable)?, inner)
        }
    };
    match holder.insert(name.to_owned(), Value::String(value.to_owned())) {
        None => Ok(()),
        Some(_) => Err(unreadable()),
    }
}

/// `+` is a space, `%E5` a byte; the bytes must be UTF-8.
fn decode(text: &[u8]) -> Result<String, WebError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(nibble), rest.next().and_then(nibble)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(unreadable()),
            },
            plain => *plain,
        });
    }
    String::from_utf8(bytes).map_err(|_| unreadable())
}

fn nibble(digit: &u8) -> Option<u8> {
    char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_dotted_name_becomes_an_inner_object_and_an_empty_field_is_left_out() {
        let value: Value =
            read("viewer.name=%E5%8C%BB+%E5%AD%90&viewer.role=doctor&address=".as_bytes()).unwrap();
        assert_eq!(value, serde_json::json!({"viewer": {"name": "医 子", "role": "doctor"}}));
    }

    #[test]
    fn a_broken_or_repeated_field_is_refused() {
        for body in ["a=%G0", "a=%4", "a=%", "a=%FF", "a=1&a=2", "a=1&a.b=2"] {
            assert!(read::<Value>(body.as_bytes()).is_err(), "{body}");
        }
        let many: Vec<String> = (0..=FIELDS_MAX).map(|n| format!("f{n}=1")).collect();
        assert!(read::<Value>(many.join("&").as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn no_body_makes_the_reader_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read::<Value>(&body);
            let _ = read_json::<Value>(&body);
        }

        #[test]
        fn what_a_browser_encodes_comes_back(text in "[^\\s\\x00].{0,30}[^\\s\\x00]") {
            let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let value: Value = read(format!("text={encoded}").as_bytes()).unwrap();
            prop_assert_eq!(value["text"].as_str(), Some(text.trim()));
        }
    }
}
