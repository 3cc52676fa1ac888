//! What the command line may refuse.

use crate::messages::catalogue;

catalogue! {
    USAGE = "usage" BadInput {
        "コマンドの使い方が違います。"
        "The command was not understood."
        "sonae --help で使い方を見てください。"
        "See `sonae --help`."
    }
    UNPRINTABLE = "unprintable" Unavailable {
        "結果を書き出せません。"
        "The result cannot be written out."
        "同じ操作をもう一度行い、続くときは知らせてください。"
        "Try again; if it stays, report it."
    }
    KEY_FILE_UNREADABLE = "key_file_unreadable" BadInput {
        "鍵のファイルとして読めません。"
        "This is not readable as a key file."
        "sonae demo などで作った鍵のファイルを指定してください。"
        "Name a key file that Sonae made."
    }
    VALUE_UNREADABLE = "value_unreadable" BadInput {
        "指定した値を読めません。"
        "A value given cannot be read."
        "--help の例を見て、入れ直してください。"
        "See the examples in --help and enter it again."
    }
    PORT_TAKEN = "port_taken" Conflict {
        "この番号の受け口はほかのプログラムが使っています。"
        "Another program is using this port."
        "--listen 127.0.0.1:8791 のように別の番号を指定するか、先のものを止めてください。"
        "Name another one, such as --listen 127.0.0.1:8791, or stop the other program."
    }
    PORT_FORBIDDEN = "port_forbidden" Refused {
        "この番号の受け口を使う権限がありません。"
        "There is no permission to use this port."
        "1024以上の番号を --listen 127.0.0.1:8790 のように指定してください。"
        "Name one from 1024 up, such as --listen 127.0.0.1:8790."
    }
    OUTPUT_EXISTS = "output_exists" Conflict {
        "書き出し先がすでにあります。上書きしません。"
        "The place to write to exists already. It is not overwritten."
        "新しい名前を指定してください。"
        "Name a new place."
    }
    TRUST_TEXT_UNREADABLE = "trust_text_unreadable" BadInput {
        "信頼リストの元になる TOML を読み取れません。"
        "The TOML of this trust list cannot be understood."
        "詳細（detail）にある行か項目を直して、もう一度行ってください。"
        "Correct the line or entry named in detail, then try again."
    }
    PUBLIC_KEY_UNREADABLE = "public_key_unreadable" BadInput {
        "公開鍵のファイルではありません。"
        "This is no public key file."
        "16進64桁の公開鍵（.pub）を指定してください。秘密の鍵ファイルではありません。"
        "Name the file with 64 hexadecimal digits (.pub), not the key file itself."
    }
}
