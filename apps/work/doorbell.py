"""Whether Redis answers, asked without holding a thread."""

from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError


async def answers(url: str, seconds: float) -> bool:
    """Whether Redis says PONG. `seconds` bound its connecting and its answer each."""
    redis: Redis = Redis.from_url(url, socket_connect_timeout=seconds, socket_timeout=seconds)
    try:
        return bool(await redis.ping())
    except (RedisError, OSError):
        return False
    finally:
        with suppress(RedisError, OSError):
            await redis.aclose()
