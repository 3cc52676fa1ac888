//! What the room `config` may refuse.

use crate::messages::catalogue;

catalogue! {
    CONFIG_UNREADABLE = "config_unreadable" BadInput {
        "設定ファイルの書き方に誤りがあります。"
        "The configuration file is not written correctly."
        "表示された行を直すか、知らない項目を消してください。"
        "Correct the line shown, or remove the entry that is not known."
    }
    CONFIG_LISTEN_NOT_LOCAL = "config_listen_not_local" Refused {
        "この箱の外から開ける待ち受けアドレスは使えません。"
        "An address that other machines can reach cannot be used for listening."
        "listen を 127.0.0.1 か [::1] にしてください。"
        "Set listen to 127.0.0.1 or [::1]."
    }
    CONFIG_LISTEN_UNREADABLE = "config_listen_unreadable" BadInput {
        "待ち受けアドレスを読み取れません。"
        "The address to listen on cannot be read."
        "127.0.0.1:8790 のように、番号とポートを書いてください。"
        "Write a number and a port, such as 127.0.0.1:8790."
    }
    CONFIG_FACILITY_CODE = "config_facility_code" BadInput {
        "医療機関コードが 10 桁の数字ではありません。"
        "The facility code is not ten digits."
        "都道府県 2 桁、点数表 1 桁、機関コード 7 桁を続けて書いてください。"
        "Write prefecture (2), fee table (1) and institution code (7) in one."
    }
    CONFIG_FACILITY_NAME = "config_facility_name" BadInput {
        "医療機関名が空か、長すぎます。"
        "The facility's name is empty or too long."
        "設定の facility.name に 60 字以内で書いてください。"
        "Write it in facility.name, at most 60 characters."
    }
    CONFIG_MUNICIPALITY = "config_municipality" BadInput {
        "市区町村コードが正しくありません。"
        "The municipality code is not valid."
        "検査数字を含む 6 桁のコードを書いてください。"
        "Write the six-digit code with its check digit."
    }
    CONFIG_HUB_URL = "config_hub_url" Refused {
        "ハブの URL は https:// で始まらなければなりません。"
        "The hub's address must begin with https://."
        "https:// の URL にしてください。http:// はこの箱自身だけに使えます。"
        "Use an https:// address; http:// is for this box itself only."
    }
    CONFIG_STICK = "config_stick" BadInput {
        "USBメモリーの場所（stick）が / で始まっていません。"
        "The folder for a USB stick (stick) does not begin with /."
        "stick = \"/media/sonae\" のように、/ から書いてください。"
        "Write it from the root on, such as stick = \"/media/sonae\"."
    }
    CONFIG_PROFILE_UNKNOWN = "config_profile_unknown" NotFound {
        "その名前の機種プロファイルはありません。"
        "There is no box profile of that name."
        "generic か raspberry-pi-5 を指定してください。"
        "Choose generic or raspberry-pi-5."
    }
    CONFIG_VALUE_OUT_OF_RANGE = "config_value_out_of_range" BadInput {
        "設定の値が許される範囲にありません。"
        "A value in the configuration is out of range."
        "表示された項目の値を見直してください。"
        "Check the value of the entry shown."
    }
}
