#!/bin/sh
# Brings a bare Debian to the point where Python can take over: root gets the
# missing Debian packages installed, anyone else is told the line to have run.
# Then runs the command given in $1 through tools/workbench.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
command=${1:?usage: tools/bootstrap.sh COMMAND}

# PostgreSQL and its client, the browser of the tours, pdftotext and pdftoppm,
# then what the wkhtmltopdf binary links to and the fonts that documents use.
packages="python3 python3-venv ca-certificates
    postgresql chromium poppler-utils
    libxrender1 libxext6 libx11-6 libfontconfig1 libfreetype6 zlib1g
    fonts-dejavu-core fonts-liberation"

missing_packages() {
    for package in $packages; do
        status=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || :)
        case $status in
            ?i*) ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

install_line="apt-get install --yes --no-install-recommends"

install_packages() {
    echo "Installing Debian packages: $1"
    mkdir -p "$root/.odoo/log"
    log="$root/.odoo/log/apt-install.log"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    if ! { apt-get update && $install_line $1; } >"$log" 2>&1 </dev/null; then
        tail -n 15 "$log" >&2
        echo "FAILED: installing Debian packages (full log: $log)." >&2
        echo "What to do: see that apt-get can reach its mirror, then run again." >&2
        exit 1
    fi
}

case $command in
    stop | clean) needed= ;;
    *) needed=$(missing_packages) ;;
esac
if [ -n "$needed" ]; then
    if [ "$(id -u)" -eq 0 ]; then
        install_packages "$needed"
    else
        echo "FAILED: Debian packages are missing. Have an administrator run:" >&2
        echo "    apt-get update && $install_line $needed" >&2
        exit 1
    fi
fi

# Debian's own Python, whatever else the PATH offers: the venv is made from it.
python=/usr/bin/python3
if [ ! -x "$python" ]; then
    echo "Nothing to $command: python3 is not installed." >&2
    exit 0
fi
unset PYTHONHOME PYTHONSTARTUP
PYTHONPATH=$root/tools PYTHONDONTWRITEBYTECODE=1 exec "$python" -m workbench "$command"
