"""Runs scim2-tester against the receiver at the first argument, with the token that is the second."""
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

url, token = sys.argv[1:3]
client = Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
results = check_server(SyncSCIMClient(client))
bad = [one for one in results if one.status not in (Status.SUCCESS, Status.SKIPPED, Status.ACCEPTABLE)]
for one in bad:
    print(one.status.name, one.title, one.reason)
print(f"{len(results)} checks, {len(bad)} bad")
sys.exit(1 if bad else 0)
