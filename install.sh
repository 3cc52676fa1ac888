#!/bin/sh
# Installs Sonae on a box with systemd, or takes it away again. Says what it does before it does it.
set -eu

usage() {
    cat <<'TEXT'
Usage: ./install.sh [--binary PATH] [--prefix DIR] [--dry-run]
       ./install.sh --uninstall [--prefix DIR] [--dry-run]

  --binary PATH  install this binary instead of building one
  --prefix DIR   where the program goes (default /usr/local; the binary into DIR/bin)
  --dry-run      say everything, do nothing
  --uninstall    take program and service away; the data stay, and their place is named
  --help         this text

DESTDIR=/some/dir in the environment puts everything below that directory and leaves the
running system alone; root is then not needed.
TEXT
}

task=install
binary=
prefix=/usr/local
dry_run=no
destdir=${DESTDIR:-}
data_dir=/var/lib/sonae
unit_dir=/etc/systemd/system

say() { printf '%s\n' "$*"; }

refuse() {
    printf 'install.sh: %s\n' "$1" >&2
    printf '  %s\n' "$2" >&2
    exit 2
}

# Announces a command, and runs it unless this is a rehearsal.
act() {
    say "  + $*"
    [ "$dry_run" = yes ] || "$@"
}

while [ $# -gt 0 ]; do
    case $1 in
    --binary | --prefix)
        [ $# -ge 2 ] || refuse "$1 needs a value" "See ./install.sh --help."
        case $1 in
        --binary) binary=$2 ;;
        *) prefix=$2 ;;
        esac
        shift
        ;;
    --dry-run) dry_run=yes ;;
    --uninstall) task=uninstall ;;
    --help | -h)
        usage
        exit 0
        ;;
    *) refuse "unknown option $1" "See ./install.sh --help." ;;
    esac
    shift
done

case $prefix in
/*) ;;
*) refuse "--prefix must be an absolute path" "Write --prefix /usr/local, for one." ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
target_binary=$destdir$prefix/bin/sonae
target_unit=$destdir$unit_dir/sonae.service
# Runs the command line on the installed box, for doctor and the like.
target_script=$destdir$prefix/bin/sonae-box

# The running system is touched only by root and only without DESTDIR.
on_this_system() { [ -z "$destdir" ]; }

need_root() {
    on_this_system || return 0
    [ "$dry_run" = no ] || return 0
    [ "$(id -u)" -eq 0 ] || refuse "root is needed to install into the system" \
        "Run it with sudo, or set DESTDIR to try it elsewhere."
}

systemd_runs() { on_this_system && command -v systemctl >/dev/null 2>&1; }

build() {
    if [ -n "$binary" ]; then
        [ -f "$binary" ] || refuse "there is no file $binary" "Name the sonae binary after --binary."
        return
    fi
    say "Building the program (cargo build --release --locked):"
    command -v cargo >/dev/null 2>&1 || [ "$dry_run" = yes ] || refuse "cargo is not here" \
        "Install Rust, or name a finished binary with --binary."
    act cargo build --release --locked --manifest-path "$here/Cargo.toml"
    binary=${CARGO_TARGET_DIR:-$here/target}/release/sonae
}

# Writes one of our files where it is to lie, naming the program in it: what, where, mode.
write_ours() {
    say "  + write $2"
    [ "$dry_run" = no ] || return 0
    mkdir -p "$(dirname "$2")"
    # Written beside and renamed, so that a power cut never leaves half a file.
    sed "s|@BINDIR@|$prefix/bin|g" "$here/assets/$1" >"$2.draft"
    chmod "$3" "$2.draft"
    mv -f "$2.draft" "$2"
}

explain_passphrase() {
    cat <<TEXT

Next, once:
  1. Seal the passphrase to this machine. Without a sealed passphrase the service does not start
     (there is no page to type it on yet). With a TPM, the box starts alone after a power cut and
     a stolen disk stays shut:
       sudo mkdir -p -m 0700 /etc/credstore.encrypted
       systemd-ask-password -n "Sonae passphrase:" | sudo systemd-creds encrypt --with-key=tpm2 \\
         --name=sonae-passphrase - /etc/credstore.encrypted/sonae-passphrase
     Without a TPM, write --with-key=host. The box still starts alone, but the sealing key then
     lies on the same disk (/var/lib/systemd/credential.secret): whoever takes the disk can open
     everything on it. Keep such a box locked away, or encrypt its whole disk.
     Keep the passphrase on paper in a safe place, too: another machine needs it to read the data.
  2. Say whose box it is. Without this file the first start ends with facility_missing:
       sudo mkdir -p -m 0700 $data_dir
       sudoedit $data_dir/sonae.toml
     with (every value here is an example; hub, stick or both):
       hub = "https://hub.example.jp"
       stick = "/media/sonae"     # a USB stick shows here: taken in while the service runs, when one
                                  # comes and when asked for on the page; how it is mounted: docs/box.md
       root = "/etc/sonae/root.cose"   # the root document of whoever signs your trust lists

       [facility]
       code = "1711012342"        # ten digits
       name = "わじま架空診療所"
       municipality = 172049      # six digits
  3. Start:  sudo systemctl enable --now sonae
     Why it does not, if it does not:  journalctl -u sonae -n 20
  4. Look:   curl http://127.0.0.1:8790/api/v1/doctor   or the page http://127.0.0.1:8790/status
  Later, on the command line:  sudo sonae-box doctor   (stops the service, does it, starts it again)
TEXT
}

install_all() {
    say "Sonae will be installed:"
    say "  program  $target_binary"
    say "  service  $target_unit"
    say "  command  $target_script (the command line, while the service is stopped)"
    say "  data     $data_dir (made by systemd at the first start, readable by the service alone)"
    build
    say "Installing:"
    act mkdir -p "$destdir$prefix/bin"
    act install -m 0755 "$binary" "$target_binary.draft"
    act mv -f "$target_binary.draft" "$target_binary"
    # The unit shuts the service out of the whole file system but for its data and /media/sonae, where a
    # stick shows (ProtectSystem, ReadWritePaths); a stick elsewhere needs a line more in the unit.
    write_ours sonae.service "$target_unit" 0644
    write_ours sonae-box "$target_script" 0755
    if systemd_runs; then
        act systemctl daemon-reload
    fi
    explain_passphrase
}

uninstall_all() {
    say "Sonae will be taken away:"
    say "  program  $target_binary"
    say "  service  $target_unit"
    if systemd_runs && [ -f "$target_unit" ]; then
        act systemctl disable --now sonae.service
    fi
    act rm -f "$target_unit" "$target_binary" "$target_script"
    if systemd_runs; then
        act systemctl daemon-reload
    fi
    say ""
    say "The data stay: $destdir$data_dir (with DynamicUser behind it: $destdir/var/lib/private/sonae),"
    say "and the sealed passphrase: $destdir/etc/credstore.encrypted/sonae-passphrase."
    say "The journal in there may not have reached the hub yet. Remove it only when nobody needs it."
}

need_root
case $task in
install) install_all ;;
uninstall) uninstall_all ;;
esac
if [ "$dry_run" = yes ]; then
    say ""
    say "This was a rehearsal (--dry-run): nothing was changed."
fi
