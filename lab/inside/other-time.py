"""The suppliers' pages as nginx has them (HOST-PORT.page-*), with the time of another clock. Args: SECONDS before ours."""
import glob
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = "/srv/suppliers"
PAGE = re.compile(r'location = (\S+) \{ return (\d+) "(.*)"; \}')
ahead = float(sys.argv[1])


def read_pages():
    for path in glob.glob(f"{FOLDER}/*.page-*"):
        host = re.sub(r"-\d+\.page-.*", "", os.path.basename(path))
        with open(path, encoding="utf-8") as file:
            location, status, text = PAGE.match(file.read()).groups()
        yield (host, location), (int(status), text.encode())


pages = dict(read_pages())


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, text = pages.get((self.headers["Host"], self.path.partition("?")[0]), (404, b""))
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def date_time_string(self, timestamp=None):
        return super().date_time_string(time.time() + ahead)


with ThreadingHTTPServer(("127.0.0.1", 8), Handler) as server:
    with open(f"{FOLDER}/other-time.pid", "w", encoding="ascii") as file:
        file.write(str(os.getpid()))
    server.serve_forever()
