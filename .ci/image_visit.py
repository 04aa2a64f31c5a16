"""Inside the web container: what a person does, behind a TLS proxy. `first`: makes the administrator; `again`: is still known."""

import http.client
import os
import re
import sys
import urllib.parse

HOST = os.environ["ALLOWED_HOSTS"].split(",")[0]
PERSON = {"name": "Aoki Mai", "email": "aoki@office.example", "password": "a-long-pass-word-5"}
cookies: dict[str, str] = {}


def ask(path: str, form: dict | None = None, **heads: str):
    """(status, heads, body); cookies are kept as a browser would on https."""
    web = http.client.HTTPConnection("127.0.0.1", 8000, timeout=30)
    heads = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", **heads}
    heads["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    body = None
    if form is not None:
        heads |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"https://{HOST}{path}"}
        body = urllib.parse.urlencode(form)
    web.request("POST" if body is not None else "GET", path, body, heads)
    answer = web.getresponse()
    for line in answer.headers.get_all("Set-Cookie") or ():
        name, value = line.split(";")[0].split("=", 1)
        cookies[name] = value
    return answer.status, answer.headers, answer.read()


def send(path: str, form: dict):
    page = ask(path)[2].decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, f"{path} has no form: {page[:300]}"
    return ask(path, {"csrfmiddlewaretoken": token[1], **form})


def told(words: str, fine: bool) -> None:
    print(f"{'ok' if fine else 'WRONG'}: {words}")
    if not fine:
        sys.exit(1)


def main(time: str) -> None:
    status, heads, _body = ask("/login/")
    if time == "first":
        told("the first page makes the first administrator", status == 302 and heads["Location"] == "/first/")
        given = {**PERSON, "again": PERSON["password"], "office_name": "Office", "runs_pmo": "on"}
        status, heads, _body = send("/first/", given)
        told(f"it is made ({status}, {heads['Location']})", status == 302)
        cookies.clear()
        told("there is no second first administrator", ask("/first/")[0] in (302, 403, 404))
    status, heads, _body = send("/login/", {"login": PERSON["email"], "password": PERSON["password"]})
    told(f"the administrator signs in ({heads['Location']})", status == 302)
    status, _heads, body = ask("/")
    told("the desk is shown", status == 200)
    built = re.findall(rb'(?:href|src)="(/static/[^"]+\.(?:css|js))"', body)
    told(f"{len(built)} static files are served", bool(built) and all(ask(path.decode())[0] == 200 for path in built))
    cookies.clear()
    told("without https the visitor is sent to it", ask("/", **{"X-Forwarded-Proto": "http"})[0] == 301)
    status, _heads, body = ask("/login/", Host="evil.example")
    told(f"another host is refused ({status})", status == 400)
    told("/readyz", ask("/readyz")[0] == 200)
    told("/metrics for its bearer only", ask("/metrics")[0] in (401, 403, 404))
    told("/metrics", ask("/metrics", Authorization=f"Bearer {os.environ['METRICS_TOKEN']}")[0] == 200)


main(sys.argv[1])
