//! JAHIS お薬手帳 and prescription symbols: bytes ↔ drug records.
