# Sourced by the other scripts: makes .venv in the checkout from PyPI, once for each set of requirements.
# Needs Python 3.11 or newer with its venv module. Writes nothing outside the checkout.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="${PROVISION_VENV:-$root/.venv}" # another one for another Python (.ci/pythons)
umask 022                                 # whatever the caller's: nobody else may write to what is run
export PIP_CACHE_DIR="$root/.cache/pip" PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=

find_python() {
    local name
    for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
        if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "provision: no Python 3.11 or newer in PATH. On Debian 12: apt-get install python3 python3-venv" >&2
    return 1
}

make_venv() {
    local python="$1" version
    version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "provision: Python $version has no venv or no pip. On Debian and Ubuntu: apt-get install python$version-venv" >&2
        return 1
    fi
    rm -rf "$venv"
    mkdir -p "$root/.cache/home" # pip starts rustc for its user agent, and rustup would write to HOME
    HOME="$root/.cache/home" "$python" -m venv "$venv"
}

# set_up EXTRA: "" for the product alone, "dev" for its checks too
set_up() {
    local extra="$1" python stamp wanted
    stamp="$venv/installed-${extra:-product}"
    wanted="$(cat "$root/pyproject.toml" "$root/requirements/${extra:-product}.txt" | cksum) $root"
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && "$venv/bin/python" -c '' 2>/dev/null; then
        return
    fi
    python="$(find_python)" || return 2
    if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.prefix == sys.base_prefix)' 2>/dev/null ||
        [ "$(cat "$venv/root" 2>/dev/null)" != "$root" ]; then
        make_venv "$python" || return 2
        echo "$root" >"$venv/root"
    fi
    echo "provision: setting up $venv (once; needs PyPI)" >&2
    mkdir -p "$root/.cache/home"
    # Every file is what its digest says, and the program itself is built with what was installed so.
    if ! HOME="$root/.cache/home" "$venv/bin/python" -m pip install -q --require-hashes -r "$root/requirements/${extra:-product}.txt" ||
        ! HOME="$root/.cache/home" "$venv/bin/python" -m pip install -q --no-deps --no-build-isolation -e "$root"; then
        echo "provision: the packages could not be installed from PyPI; see the lines above, then start again" >&2
        return 2
    fi
    echo "$wanted" >"$stamp"
}
