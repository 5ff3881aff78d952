"""What a data engineer's script does with any MCP server: what failed, why, a rerun proposed. Prints one JSON object.

Usage: story.py stdio COMMAND ARGUMENT... | story.py http ADDRESS   (the token in MCP_TOKEN, the environment goes to COMMAND)
"""

import asyncio
import json
import os
import sys

import httpx2
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client


async def answer(session, tool, **arguments):
    result = await session.call_tool(tool, arguments)
    text = result.content[0].text
    if result.is_error:
        return {"error": text}
    return result.structured_content


async def until(session, tool, wanted, **arguments):
    """The simulated failure needs some seconds to come; whoever starts this ends it in time."""
    while True:
        found = await answer(session, tool, **arguments)
        if wanted(found):
            return found
        await asyncio.sleep(0.5)


async def story(read, write):
    async with ClientSession(read, write) as session:
        hello = await session.initialize()
        tools = (await session.list_tools()).tools
        prompts = (await session.list_prompts()).prompts
        failures = await until(
            session, "airflow_list_failures", lambda found: "orders_daily" in json.dumps(found), since="24h"
        )
        diagnosis = await until(
            session, "diagnose_failure", lambda found: found.get("outcome") == "diagnosed", dag="orders_daily"
        )
        proposed = await until(
            session, "remediation_propose", lambda found: found.get("state") == "pending", dag="orders_daily"
        )
        state = await answer(session, "remediation_get", proposal=proposed["proposal"])
        unknown = await answer(session, "diagnose_failure", dag="no_such_dag")
        return {
            "server": hello.server_info.name,
            "tools": [tool.name for tool in tools],
            "prompts": [prompt.name for prompt in prompts],
            "failures": failures,
            "diagnosis": diagnosis,
            "proposed": proposed,
            "state": state,
            "unknown": unknown,
        }


async def main():
    kind, *rest = sys.argv[1:]
    if kind == "stdio":
        command, *arguments = rest
        server = StdioServerParameters(command=command, args=arguments, env=dict(os.environ))
        async with stdio_client(server) as (read, write):
            return await story(read, write)
    headers = {"Authorization": f"Bearer {os.environ['MCP_TOKEN']}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as client:
        async with streamable_http_client(rest[0], http_client=client) as (read, write, *_):
            return await story(read, write)


print(json.dumps(asyncio.run(main())))
