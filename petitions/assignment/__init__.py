"""Assignment: 转送 and 交办 with their letters, signing, objection, forwarding, handler and recusal."""
