# What CI needs besides the repository: Debian's packages, a PostgreSQL and a Redis. Sourced by .ci/run.
# What is there already, and already up, is taken as it is.

install_packages() {
  local wanted=()
  command -v make >/dev/null || wanted+=(make)
  python3 -c 'import venv, ensurepip' 2>/dev/null || wanted+=(python3-venv)
  command -v chromium >/dev/null || [[ -n ${PMO_CHROMIUM:-} ]] || wanted+=(chromium)
  fc-list 2>/dev/null | grep -qi 'noto.*cjk' || wanted+=(fonts-noto-cjk fontconfig)
  { command -v pg_ctlcluster && command -v psql; } >/dev/null || pg_isready -q -h 127.0.0.1 2>/dev/null || wanted+=(postgresql)
  command -v redis-server >/dev/null || wanted+=(redis-server)
  command -v soffice >/dev/null || wanted+=(libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui)
  ((${#wanted[@]})) || { echo "nothing is missing"; return 0; }
  if ((EUID)); then
    echo "missing, and only root can install it: ${wanted[*]}"
    return 1
  fi
  echo "installing ${wanted[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
}

# Sets PG_URL (no database name) and REDIS (no database number).
start_servers() {
  start_postgresql && start_redis
}

start_postgresql() {
  local version=15 port=5432
  if ! pg_isready -q -h 127.0.0.1 -p "$port"; then
    version=$(pg_lsclusters -h | awk '$2 == "main" {print $1; exit}')
    port=$(pg_lsclusters -h | awk '$2 == "main" {print $3; exit}')
    # Before the start: whoever is on this machine may come in over loopback.
    sed -i -E 's#^(host\s+all\s+all\s+(127\.0\.0\.1/32|::1/128)\s+)\S+#\1trust#' "/etc/postgresql/$version/main/pg_hba.conf"
    pg_ctlcluster --skip-systemctl-redirect "$version" main start
    local code=$?
    ((code == 0 || code == 2)) || return 1  # 2: it runs already
    for _ in {1..50}; do pg_isready -q -h 127.0.0.1 -p "$port" && break; sleep 0.2; done
  fi
  export PG_URL="postgres://postgres@127.0.0.1:$port"
  psql -qAt "$PG_URL/postgres" -c "SELECT 1 FROM pg_database WHERE datname = 'pmo_ci'" | grep -q 1 ||
    psql -q "$PG_URL/postgres" -c 'CREATE DATABASE pmo_ci' || return 1
  psql -qAt "$PG_URL/postgres" -c 'SHOW server_version'
}

start_redis() {
  export REDIS="redis://127.0.0.1:6379"
  redis-cli -h 127.0.0.1 ping 2>/dev/null | grep -q PONG ||
    redis-server --daemonize yes --bind 127.0.0.1 --save '' --appendonly no --dir /tmp >/dev/null || return 1
  for _ in {1..50}; do redis-cli -h 127.0.0.1 ping 2>/dev/null | grep -q PONG && break; sleep 0.2; done
  redis-cli -h 127.0.0.1 ping
}
