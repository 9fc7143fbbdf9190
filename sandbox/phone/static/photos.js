// Photos that a page asks for: samples that every phone has, or files of whoever holds it.

import { bring } from "./api.js";
import { setup, t } from "./words.js";
import { el } from "./dom.js";
import { ask, toast } from "./sheet.js";

export const PICTURES = { dashboard: ["仪表盘", "Dashboard"], tyre: ["轮胎", "Tyre"], scratch: ["车门划痕", "Scratched door"] };

/** The ends of local ids, `most` of them at most; none where nothing was chosen. */
export async function choosePhotos(phone, most) {
  const samples = setup.pictures.map((name) => ({ label: t(...PICTURES[name]), act: () => [`picture/${name}`] }));
  const own = { label: t("从电脑选取…", "From this computer…"), act: () => ownPhotos(phone, most) };
  return (await ask(phone.screen, t("选择照片", "Choose a photo"), [...samples, own])) ?? [];
}

async function ownPhotos(phone, most) {
  const files = await picked();
  try {
    return await Promise.all(files.slice(0, most).map(async (file) => `photo/${(await bring(`${phone.path}/photos`, file)).media_id}`));
  } catch {
    toast(phone.screen, t("照片过大或无法读取", "A photo is too large, or cannot be read"));
    return [];
  }
}

function picked() {
  return new Promise((done) => {
    const field = el("input", { type: "file", accept: "image/*", multiple: true, hidden: true });
    const end = () => {
      field.remove();
      done([...field.files]);
    };
    field.onchange = end;
    field.oncancel = end;
    document.body.append(field);
    field.click();
  });
}
